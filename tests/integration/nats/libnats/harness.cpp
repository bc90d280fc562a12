#include "harness.hpp"

#include "options.hpp"

#include <atomic>
#include <stdexcept>
#include <utility>

namespace telex::nats_harness {
namespace {

void report_reply(std::uint64_t number, natsStatus status, natsMsg* reply) {
    const Message owned(reply);
    if (status == NATS_OK) {
        harness::report_ok(number, describe(reply));
    } else {
        report_status(number, status);
    }
}

// Returns whether the reply to a request has the payload of the request.
bool echoes(natsConnection* connection, const std::string& subject, const std::string& payload) {
    natsMsg* reply = nullptr;
    constexpr std::int64_t kTimeoutMilliseconds = 60'000;
    const auto status = natsConnection_Request(
        &reply,
        connection,
        subject.c_str(),
        payload.data(),
        static_cast<int>(payload.size()),
        kTimeoutMilliseconds
    );
    const Message owned(reply);
    return status == NATS_OK && payload_of(reply) == payload;
}

// Sends the request with a new inbox as reply subject, and waits for its replies.
natsStatus receive_replies(
    natsConnection* connection, const Json& arguments, std::vector<std::string>& payloads
) {
    natsInbox* inbox = nullptr;
    natsSubscription* subscription = nullptr;
    natsStatus status = natsInbox_Create(&inbox);
    if (status == NATS_OK) {
        status = natsConnection_SubscribeSync(&subscription, connection, inbox);
    }
    if (status == NATS_OK) {
        Json request = arguments;
        request["reply"] = inbox;
        status = natsConnection_PublishMsg(connection, message_of(request).get());
    }
    while (status == NATS_OK && payloads.size() < arguments["replies"].get<std::size_t>()) {
        natsMsg* reply = nullptr;
        status = natsSubscription_NextMsg(
            &reply, subscription, milliseconds_of(arguments, "timeout", 60)
        );
        const Message owned(reply);
        if (status == NATS_OK) {
            payloads.push_back(harness::latin1_to_utf8(payload_of(reply)));
        }
    }
    natsSubscription_Destroy(subscription);
    natsInbox_Destroy(inbox);
    return status;
}

}  // namespace

Harness::~Harness() {
    for (const auto& [name, connection] : connections_) {
        connection->close();
    }
    for (std::thread& thread : threads_) {
        thread.join();
    }
    connections_.clear();
    // Waits for the callbacks, which use the subscriptions.
    constexpr std::int64_t kTimeoutMilliseconds = 10'000;
    std::map<std::string, std::unique_ptr<Subscription>> last = std::move(subscriptions_);
    for (auto& [name, subscription] : last) {
        natsSubscription_WaitForDrainCompletion(subscription->get(), kTimeoutMilliseconds);
    }
}

const std::map<std::string, Harness::Command>& Harness::commands() {
    static const std::map<std::string, Command> all{
        {"connect", &Harness::connect},
        {"subscribe", &Harness::subscribe},
        {"publish", &Harness::publish},
        {"request", &Harness::request},
        {"requests", &Harness::requests},
        {"request_many", &Harness::request_many},
        {"unsubscribe", &Harness::unsubscribe},
        {"flush", &Harness::flush},
        {"drain", &Harness::drain},
        {"close", &Harness::close},
        {"status", &Harness::status},
        {"server", &Harness::server},
    };
    return all;
}

void Harness::run(const Json& command) {
    (this->*commands().at(command["do"]))(command["command"], command);
}

void Harness::connect(std::uint64_t number, const Json& arguments) {
    try {
        if (auto made = Connection::open(number, arguments)) {
            connections_.insert_or_assign(arguments["client"], std::move(made));
        }
    } catch (const std::runtime_error& error) {
        harness::report_error(number, "options", error.what());
    }
}

void Harness::subscribe(std::uint64_t number, const Json& arguments) {
    if (auto made = Subscription::open(number, client(arguments), arguments)) {
        subscriptions_.insert_or_assign(arguments["subscription"], std::move(made));
    }
}

void Harness::publish(std::uint64_t number, const Json& arguments) {
    if (!arguments.contains("count")) {
        const Message message = message_of(arguments);
        report_status(number, natsConnection_PublishMsg(client(arguments), message.get()));
        return;
    }
    const std::string subject = arguments["subject"];
    const std::size_t size = arguments.value("size", std::size_t{0});
    const std::uint64_t count = arguments["count"];
    natsStatus status = NATS_OK;
    for (std::uint64_t at = 0; at < count && status == NATS_OK; ++at) {
        const std::string payload = harness::numbered_payload(at, size);
        status = natsConnection_Publish(
            client(arguments), subject.c_str(), payload.data(), static_cast<int>(payload.size())
        );
    }
    report_status(number, status);
}

void Harness::request(std::uint64_t number, const Json& arguments) {
    natsConnection* of = client(arguments);
    in_thread([number, of, arguments] {
        const Message message = message_of(arguments);
        natsMsg* reply = nullptr;
        const auto timeout = milliseconds_of(arguments, "timeout", 60);
        const natsStatus status = natsConnection_RequestMsg(&reply, of, message.get(), timeout);
        report_reply(number, status, reply);
    });
}

void Harness::requests(std::uint64_t number, const Json& arguments) {
    natsConnection* of = client(arguments);
    in_thread([number, of, arguments] {
        const std::string subject = arguments["subject"];
        const std::uint64_t count = arguments["count"];
        std::atomic<std::uint64_t> next = 0;
        std::atomic<std::uint64_t> echoed = 0;
        std::vector<std::thread> senders;
        for (int i = 0; i < arguments["in_flight"].get<int>(); ++i) {
            senders.emplace_back([&] {
                for (std::uint64_t at = next++; at < count; at = next++) {
                    echoed += echoes(of, subject, std::to_string(at)) ? 1U : 0U;
                }
            });
        }
        for (std::thread& sender : senders) {
            sender.join();
        }
        harness::report_ok(number, {{"echoed", echoed.load()}});
    });
}

void Harness::request_many(std::uint64_t number, const Json& arguments) {
    natsConnection* of = client(arguments);
    in_thread([number, of, arguments] {
        std::vector<std::string> payloads;
        const natsStatus status = receive_replies(of, arguments, payloads);
        if (status == NATS_OK) {
            harness::report_ok(number, {{"payloads", payloads}});
        } else {
            report_status(number, status);
        }
    });
}

void Harness::unsubscribe(std::uint64_t number, const Json& arguments) {
    natsSubscription* of = subscription(arguments);
    report_status(
        number,
        arguments.contains("max_messages")
            ? natsSubscription_AutoUnsubscribe(of, arguments["max_messages"])
            : natsSubscription_Unsubscribe(of)
    );
}

void Harness::flush(std::uint64_t number, const Json& arguments) {
    natsConnection* of = client(arguments);
    in_thread([number, of, timeout = milliseconds_of(arguments, "timeout", 60)] {
        report_status(number, natsConnection_FlushTimeout(of, timeout));
    });
}

void Harness::drain(std::uint64_t number, const Json& arguments) {
    const auto timeout = milliseconds_of(arguments, "timeout", 60);
    if (arguments.contains("client")) {
        report_status(number, natsConnection_DrainTimeout(client(arguments), timeout));
        return;
    }
    natsSubscription* of = subscription(arguments);
    in_thread([number, of, timeout] {
        natsStatus status = natsSubscription_DrainTimeout(of, timeout);
        if (status == NATS_OK) {
            status = natsSubscription_WaitForDrainCompletion(of, timeout);
        }
        report_status(number, status);
    });
}

void Harness::close(std::uint64_t number, const Json& arguments) {
    natsConnection_Close(client(arguments));
    harness::report_ok(number);
}

void Harness::status(std::uint64_t number, const Json& arguments) {
    static const std::map<natsConnStatus, const char*> names{
        {NATS_CONN_STATUS_CONNECTED, "connected"},
        {NATS_CONN_STATUS_CLOSED, "closed"},
        {NATS_CONN_STATUS_RECONNECTING, "reconnecting"},
        {NATS_CONN_STATUS_CONNECTING, "connecting"},
        {NATS_CONN_STATUS_DRAINING_SUBS, "draining"},
        {NATS_CONN_STATUS_DRAINING_PUBS, "draining"},
    };
    const natsConnStatus status = natsConnection_Status(client(arguments));
    harness::report_ok(number, {{"status", names.at(status)}});
}

void Harness::server(std::uint64_t number, const Json& arguments) {
    const std::int64_t payload = natsConnection_GetMaxPayload(client(arguments));
    harness::report_ok(number, {{"max_payload", payload}});
}

}  // namespace telex::nats_harness
