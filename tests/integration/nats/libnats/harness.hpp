#pragma once
// The commands of the driver as calls of libnats (docs/testing.md). run() is called by one thread;
// calls that wait have threads, so that they do not delay later commands.
#include "connection.hpp"
#include "support/harness_report.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace telex::nats_harness {

class Harness {
public:
    Harness() = default;
    Harness(const Harness&) = delete;
    Harness& operator=(const Harness&) = delete;
    // Closes the connections and waits for the calls that wait.
    ~Harness();

    // Runs a command. Throws Json::exception for an unknown or malformed one.
    void run(const Json& command);

private:
    using Command = void (Harness::*)(std::uint64_t, const Json&);

    void connect(std::uint64_t number, const Json& arguments);
    void subscribe(std::uint64_t number, const Json& arguments);
    void publish(std::uint64_t number, const Json& arguments);
    void request(std::uint64_t number, const Json& arguments);
    void requests(std::uint64_t number, const Json& arguments);
    void request_many(std::uint64_t number, const Json& arguments);
    void unsubscribe(std::uint64_t number, const Json& arguments);
    void flush(std::uint64_t number, const Json& arguments);
    void drain(std::uint64_t number, const Json& arguments);
    void close(std::uint64_t number, const Json& arguments);
    void status(std::uint64_t number, const Json& arguments);
    void server(std::uint64_t number, const Json& arguments);

    static const std::map<std::string, Command>& commands();

    natsConnection* client(const Json& arguments) {
        return connections_.at(arguments["client"])->get();
    }

    natsSubscription* subscription(const Json& arguments) {
        return subscriptions_.at(arguments["subscription"])->get();
    }

    void in_thread(std::function<void()> call) { threads_.emplace_back(std::move(call)); }

    std::vector<std::thread> threads_;
    // The driver uses no name twice.
    std::map<std::string, std::unique_ptr<Connection>> connections_;
    std::map<std::string, std::unique_ptr<Subscription>> subscriptions_;
};

}  // namespace telex::nats_harness
