#pragma once
// The commands of the driver as calls of libtelex (docs/testing.md). run() is called by one thread;
// calls that wait have threads, so that they do not delay later commands.
#include "report.hpp"
#include <telex/client.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace telex::conformance {

class Harness {
public:
    Harness() = default;
    Harness(const Harness&) = delete;
    Harness& operator=(const Harness&) = delete;
    // Closes the clients and waits for the calls that wait.
    ~Harness();

    // Runs a command. Throws Json::exception for an unknown or malformed one.
    void run(const Json& command);

private:
    using Command = void (Harness::*)(std::uint64_t, const Json&);

    // The last message of each subscription, for `respond`. Shared with handlers.
    class LastMessages {
    public:
        void put(const std::string& subscription, const Message& message);
        Message get(const std::string& subscription) const;

    private:
        mutable std::mutex mutex_;
        std::map<std::string, Message> messages_;
    };

    void connect(std::uint64_t number, const Json& arguments);
    void subscribe(std::uint64_t number, const Json& arguments);
    void publish(std::uint64_t number, const Json& arguments);
    void request(std::uint64_t number, const Json& arguments);
    void respond(std::uint64_t number, const Json& arguments);
    void next(std::uint64_t number, const Json& arguments);
    void credit(std::uint64_t number, const Json& arguments);
    void unsubscribe(std::uint64_t number, const Json& arguments);
    void flush(std::uint64_t number, const Json& arguments);
    void drain(std::uint64_t number, const Json& arguments);
    void close(std::uint64_t number, const Json& arguments);
    void status(std::uint64_t number, const Json& arguments);
    void server(std::uint64_t number, const Json& arguments);
    void statistics(std::uint64_t number, const Json& arguments);
    void fork(std::uint64_t number, const Json& arguments);

    static const std::map<std::string, Command>& commands();
    MessageHandler handler_of(const Json& arguments);

    Client& client(const Json& arguments) { return clients_.at(arguments["client"]); }

    Subscription& subscription(const Json& arguments) {
        return subscriptions_.at(arguments["subscription"]);
    }

    void in_thread(std::function<void()> call) { threads_.emplace_back(std::move(call)); }

    std::shared_ptr<LastMessages> last_messages_ = std::make_shared<LastMessages>();
    std::vector<std::thread> threads_;
    // The driver uses a name again only when every call on its old bearer has returned.
    std::map<std::string, Client> clients_;
    std::map<std::string, Subscription> subscriptions_;
};

}  // namespace telex::conformance
