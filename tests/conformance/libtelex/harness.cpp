#include "harness.hpp"

#include "options.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace telex::conformance {
namespace {

void add_callbacks(ClientOptions& options) {
    const std::string name = options.name;
    options.on_connected = [name](const ServerInfo& info) {
        report_event({{"event", "connected"}, {"client", name}, {"url", info.url}});
    };
    options.on_disconnected = [name](const Error& error) {
        report_client("disconnected", name, error);
    };
    options.on_error = [name](const Error& error) { report_client("error", name, error); };
    options.on_closed = [name] { report_client("closed", name); };
}

}  // namespace

void Harness::LastMessages::put(const std::string& subscription, const Message& message) {
    const std::scoped_lock lock(mutex_);
    messages_[subscription] = message;
}

Message Harness::LastMessages::get(const std::string& subscription) const {
    const std::scoped_lock lock(mutex_);
    return messages_.at(subscription);
}

Harness::~Harness() {
    for (auto& [name, client] : clients_) {
        client.close();
    }
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

const std::map<std::string, Harness::Command>& Harness::commands() {
    static const std::map<std::string, Command> all{
        {"connect", &Harness::connect},
        {"subscribe", &Harness::subscribe},
        {"publish", &Harness::publish},
        {"request", &Harness::request},
        {"respond", &Harness::respond},
        {"next", &Harness::next},
        {"credit", &Harness::credit},
        {"unsubscribe", &Harness::unsubscribe},
        {"flush", &Harness::flush},
        {"drain", &Harness::drain},
        {"close", &Harness::close},
        {"status", &Harness::status},
        {"server", &Harness::server},
        {"statistics", &Harness::statistics},
        {"fork", &Harness::fork},
    };
    return all;
}

void Harness::run(const Json& command) {
    (this->*commands().at(command["do"]))(command["command"], command);
}

void Harness::connect(std::uint64_t number, const Json& arguments) {
    ClientOptions options = client_options(arguments);
    add_callbacks(options);
    auto client = arguments.value("background", false)
                      ? Client::connect_in_background(std::move(options))
                      : Client::connect(std::move(options));
    if (!client) {
        report_error(number, client.error());
        return;
    }
    clients_.insert_or_assign(arguments["client"], *std::move(client));
    report_ok(number);
}

MessageHandler Harness::handler_of(const Json& arguments) {
    const std::string name = arguments["subscription"];
    if (arguments.value("take", "events") == "count") {
        auto counter = std::make_shared<harness::Counter>(name, arguments["count"]);
        return [counter](const Message& message) { counter->take(message.payload); };
    }
    return [name, last = last_messages_](const Message& message) {
        last->put(name, message);
        report_message(name, message);
    };
}

void Harness::subscribe(std::uint64_t number, const Json& arguments) {
    const std::string filter = arguments["filter"];
    const SubscribeOptions options = subscribe_options(arguments);
    auto made = arguments.value("take", "events") == "next"
                    ? client(arguments).subscribe(filter, options)
                    : client(arguments).subscribe(filter, handler_of(arguments), options);
    if (!made) {
        report_error(number, made.error());
        return;
    }
    subscriptions_.insert_or_assign(arguments["subscription"], *std::move(made));
    report_ok(number);
}

void Harness::publish(std::uint64_t number, const Json& arguments) {
    const std::string subject = arguments["subject"];
    if (!arguments.contains("count")) {
        const auto options = publish_options(arguments);
        report(number, client(arguments).publish(subject, harness::payload_of(arguments), options));
        return;
    }
    Expected<void> result;
    const std::uint64_t count = arguments["count"];
    for (std::uint64_t at = 0; at < count && result; ++at) {
        const auto payload = harness::numbered_payload(at, arguments.value("size", std::size_t{0}));
        result = client(arguments).publish(subject, payload);
    }
    report(number, result);
}

void Harness::request(std::uint64_t number, const Json& arguments) {
    const auto begun = client(arguments).request_async(
        arguments["subject"].get<std::string>(),
        harness::payload_of(arguments),
        [number](const Expected<Message>& reply) { report(number, reply); },
        request_options(arguments)
    );
    if (!begun) {
        report_error(number, begun.error());
    }
}

void Harness::respond(std::uint64_t number, const Json& arguments) {
    const Message request = last_messages_->get(arguments["subscription"]);
    const auto options = publish_options(arguments);
    report(number, client(arguments).respond(request, harness::payload_of(arguments), options));
}

void Harness::next(std::uint64_t number, const Json& arguments) {
    Subscription& from = subscription(arguments);
    const auto timeout = time_of(arguments, "timeout", 10);
    const std::string name = arguments["subscription"];
    in_thread([number, &from, timeout, name, last = last_messages_] {
        const auto message = from.next(timeout);
        if (message) {
            last->put(name, *message);
        }
        report(number, message);
    });
}

void Harness::credit(std::uint64_t number, const Json& arguments) {
    report(number, subscription(arguments).add_credit(arguments["messages"]));
}

void Harness::unsubscribe(std::uint64_t number, const Json& arguments) {
    report(number, subscription(arguments).unsubscribe());
}

void Harness::flush(std::uint64_t number, const Json& arguments) {
    Client& of = client(arguments);
    const auto timeout = time_of(arguments, "timeout", 10);
    in_thread([number, &of, timeout] { report(number, of.flush(timeout)); });
}

void Harness::drain(std::uint64_t number, const Json& arguments) {
    if (arguments.contains("client")) {
        Client& of = client(arguments);
        in_thread([number, &of] { report(number, of.drain()); });
    } else {
        Subscription& of = subscription(arguments);
        in_thread([number, &of] { report(number, of.drain()); });
    }
}

void Harness::close(std::uint64_t number, const Json& arguments) {
    if (const auto found = clients_.find(arguments["client"]); found != clients_.end()) {
        found->second.close();
    }
    report_ok(number);
}

void Harness::status(std::uint64_t number, const Json& arguments) {
    report_ok(number, {{"status", name_of(client(arguments).status())}});
}

void Harness::server(std::uint64_t number, const Json& arguments) {
    const auto info = client(arguments).server_info();
    report_ok(
        number,
        info ? Json{{"name", info->name}, {"max_frame_bytes", info->max_frame_bytes}}
             : Json::object()
    );
}

void Harness::statistics(std::uint64_t number, const Json& arguments) {
    if (arguments.contains("client")) {
        const Statistics counts = client(arguments).statistics();
        report_ok(
            number,
            {{"published_messages", counts.published_messages},
             {"unsent_messages", counts.unsent_messages},
             {"connects", counts.connects}}
        );
    } else {
        const SubscriptionStatistics counts = subscription(arguments).statistics();
        report_ok(
            number,
            {{"received", counts.received},
             {"dropped", counts.dropped},
             {"pending_messages", counts.pending_messages}}
        );
    }
}

void Harness::fork(std::uint64_t number, const Json& arguments) {
    Client& of = client(arguments);
    Subscription& from = subscription(arguments);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto is_refused = [](const auto& result) {
            return !result && result.error().code == Errc::closed;
        };
        const std::array refused{
            is_refused(of.publish("a", "")),
            is_refused(of.flush()),
            is_refused(of.request("a", "")),
            is_refused(of.subscribe("a")),
            is_refused(from.next(std::chrono::seconds(1)))
        };
        const bool all = std::all_of(refused.begin(), refused.end(), [](bool one) { return one; });
        ::_exit(all ? 0 : 1);
    }
    int status = -1;
    const bool ended = child > 0 && ::waitpid(child, &status, 0) == child;
    report_ok(number, {{"refused", ended && WIFEXITED(status) && WEXITSTATUS(status) == 0}});
}

}  // namespace telex::conformance
