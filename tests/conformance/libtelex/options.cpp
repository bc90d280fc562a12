#include "options.hpp"

namespace telex::conformance {
namespace {

using std::chrono::milliseconds;

// Sets an option if the argument is there.
template <class Option>
void set(const Json& arguments, const char* name, Option& option) {
    if (const auto found = arguments.find(name); found != arguments.end()) {
        option = found->get<Option>();
    }
}

template <class Value>
void set(const Json& arguments, const char* name, std::optional<Value>& option) {
    if (const auto found = arguments.find(name); found != arguments.end()) {
        option = found->get<Value>();
    }
}

void set(const Json& arguments, const char* name, milliseconds& option) {
    option = time_of(arguments, name, static_cast<double>(option.count()) / 1000);
}

Credentials credentials_of(const Json& arguments) {
    if (arguments.contains("user")) {
        return UserPassword{arguments["user"], arguments["password"]};
    }
    if (arguments.contains("token")) {
        return Token{arguments["token"]};
    }
    return arguments.contains("key_file") ? Credentials(KeyFile{arguments["key_file"]})
                                          : Credentials();
}

TlsOptions tls_of(const Json& arguments) {
    TlsOptions tls;
    set(arguments, "ca_file", tls.ca_file);
    set(arguments, "key_pin", tls.key_pin);
    set(arguments, "server_name", tls.server_name);
    set(arguments, "certificate_file", tls.certificate_file);
    set(arguments, "key_file", tls.key_file);
    return tls;
}

ReconnectOptions reconnect_of(const Json& arguments) {
    ReconnectOptions reconnect;
    reconnect.initial_delay = milliseconds(10);
    reconnect.max_delay = milliseconds(100);
    set(arguments, "enabled", reconnect.enabled);
    set(arguments, "max_rounds", reconnect.max_rounds);
    return reconnect;
}

SlowPolicy policy_of(const std::string& name) {
    if (name == "block") {
        return SlowPolicy::block;
    }
    if (name == "drop_oldest") {
        return SlowPolicy::drop_oldest;
    }
    return name == "drop_newest" ? SlowPolicy::drop_newest : SlowPolicy::disconnect;
}

// The fields that publications and requests share.
template <class Options>
void set_fields(const Json& arguments, Options& options) {
    set(arguments, "id", options.id);
    set(arguments, "content_type", options.content_type);
    set(arguments, "type", options.type);
    for (const Json& pair : arguments.value("headers", Json::array())) {
        options.headers.push_back({pair[0], pair[1]});
    }
}

}  // namespace

milliseconds time_of(const Json& arguments, const char* name, double otherwise) {
    return milliseconds(static_cast<milliseconds::rep>(1000 * arguments.value(name, otherwise)));
}

ClientOptions client_options(const Json& arguments) {
    ClientOptions options;
    options.name = arguments["client"];
    options.servers = arguments["servers"].get<std::vector<std::string>>();
    options.credentials = credentials_of(arguments);
    options.tls = tls_of(arguments.value("tls", Json::object()));
    options.reconnect = reconnect_of(arguments.value("reconnect", Json::object()));
    set(arguments, "no_echo", options.no_echo);
    set(arguments, "attempt_timeout", options.attempt_timeout);
    set(arguments, "ping_interval", options.ping_interval);
    set(arguments, "max_buffered_bytes", options.max_buffered_bytes);
    set(arguments, "full_timeout", options.full_timeout);
    set(arguments, "close_timeout", options.close_timeout);
    return options;
}

SubscribeOptions subscribe_options(const Json& arguments) {
    SubscribeOptions options;
    set(arguments, "queue_group", options.queue_group);
    set(arguments, "credit", options.credit);
    set(arguments, "automatic_credit", options.automatic_credit);
    set(arguments, "max_messages", options.max_messages);
    set(arguments, "max_pending_messages", options.max_pending_messages);
    if (arguments.contains("slow_policy")) {
        options.slow_policy = policy_of(arguments["slow_policy"]);
    }
    return options;
}

PublishOptions publish_options(const Json& arguments) {
    PublishOptions options;
    set_fields(arguments, options);
    set(arguments, "reply_to", options.reply_to);
    return options;
}

RequestOptions request_options(const Json& arguments) {
    RequestOptions options;
    set_fields(arguments, options);
    if (arguments.contains("timeout")) {
        options.timeout = time_of(arguments, "timeout", 0);
    }
    return options;
}

}  // namespace telex::conformance
