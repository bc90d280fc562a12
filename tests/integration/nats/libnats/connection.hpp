#pragma once
// A connection of libnats, whose events are reported, and its subscriptions.
#include "messages.hpp"
#include "support/harness_report.hpp"

#include <nats/nats.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace telex::nats_harness {

class Connection {
public:
    // Connects. Throws std::runtime_error for bad options; null if it fails, after the report.
    static std::unique_ptr<Connection> open(std::uint64_t command, const Json& arguments);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    // Closes it.
    ~Connection();

    natsConnection* get() const { return connection_; }

    void close() const { natsConnection_Close(connection_); }

private:
    explicit Connection(std::string name) : name_(std::move(name)) {}

    void add_callbacks(natsOptions* options);
    void report(const char* kind) const;

    // The closure of the callbacks.
    std::string name_;
    natsConnection* connection_ = nullptr;
};

// A subscription. By `take` it reports its messages as events (the default), counts them, replies
// to them with their payload (`respond`), or passes them on with their reply subject to the subject
// `to` (`forward`).
class Subscription {
public:
    // Subscribes; null if it fails, after the report.
    static std::unique_ptr<Subscription> open(
        std::uint64_t command, natsConnection* connection, const Json& arguments
    );
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;
    ~Subscription();

    natsSubscription* get() const { return subscription_; }

private:
    explicit Subscription(const Json& arguments);

    void take(natsConnection* connection, natsMsg* message);

    std::string name_;
    std::string take_;
    std::string to_;
    int replies_;
    harness::Counter counter_;
    natsSubscription* subscription_ = nullptr;
};

// The code of a result for a status: a word of the scenarios.
std::string code_of(natsStatus status);
// Reports `ok` or the error.
void report_status(std::uint64_t command, natsStatus status);

}  // namespace telex::nats_harness
