#include "compat/conf_keys.hpp"

#include "compat/authorization.hpp"
#include "compat/key_table.hpp"
#include "compat/units.hpp"

#include <fmt/format.h>

#include <array>

namespace telex::compat {

namespace {

constexpr std::int64_t kMillion = 1'000'000;

void read_host(const Member& member, Reading& reading) {
    if (auto text = text_of(member, reading)) {
        reading.draft.host = {*std::move(text), member.value.place.in_first};
    }
}

void read_port_key(const Member& member, Reading& reading) {
    const auto text = text_of(member, reading);
    if (text && !read_port(*text, reading.draft)) {
        refuse(member, "is not a port", reading);
    }
}

void read_listen_key(const Member& member, Reading& reading) {
    const auto text = text_of(member, reading);
    if (text && !read_listen({*text, member.value.place.in_first}, reading.draft)) {
        refuse(member, "is not HOST:PORT", reading);
    }
}

void read_verbose(const Member& member, Reading& reading) {
    const auto on = boolean_of(member, reading);
    reading.draft.verbose = reading.draft.verbose || on.value_or(false);
}

void read_log_file(const Member& member, Reading& reading) {
    if (auto text = text_of(member, reading)) {
        reading.draft.log_file = *std::move(text);
    }
}

void read_pid_file(const Member& member, Reading& reading) {
    if (auto text = text_of(member, reading)) {
        reading.draft.pid_file = *std::move(text);
    }
}

// Keys with one possible value.
void read_ping_max(const Member& member, Reading& reading) {
    const auto number = number_of(member, reading);
    if (number && *number != 2) {
        refuse(member, "is always 2", reading);
    }
}

void read_max_control_line(const Member& member, Reading& reading) {
    const auto number = number_of(member, reading);
    if (number && *number != 4'096) {
        refuse(member, "is always 4096", reading);
    }
}

void read_logtime(const Member& member, Reading& reading) {
    if (!boolean_of(member, reading).value_or(true)) {
        refuse(member, "is always true", reading);
    }
}

void read_jetstream(const Member& member, Reading& reading) {
    if (member.value.kind != Value::Kind::text ||
        (parse_boolean(member.value.text) != false && member.value.text != "disabled")) {
        refuse(member, "is not supported: telexd has no JetStream", reading);
    }
}

void read_verify(const Member& member, Reading& reading) {
    reading.draft.verify_clients = boolean_of(member, reading).value_or(false);
}

constexpr std::array<KeyRow, 10> kTlsKeys{{
    {"cert_file", [](auto& m, auto& r) { set_path(m, "listener.tls.certificate", r); }},
    {"key_file", [](auto& m, auto& r) { set_path(m, "listener.tls.key", r); }},
    {"ca_file", [](auto& m, auto& r) { set_path(m, "listener.tls.client_ca", r); }},
    {"timeout", [](auto& m, auto& r) { set_time(m, "listener.tls.handshake_timeout", r); }},
    {"verify", read_verify},
    {"verify_and_map", nullptr, "use 'certificates' of users in a telex configuration"},
    {"handshake_first", nullptr, "use 'handshake_first' in a telex configuration"},
    {"cipher_suites", nullptr, "the ciphers are those of OpenSSL"},
    {"curve_preferences", nullptr, "the curves are those of OpenSSL"},
    {"insecure", nullptr, "certificates are always verified"},
}};

void read_tls(const Member& member, Reading& reading) {
    if (is_block(member, reading)) {
        set(member, "listener.tls", {}, reading);
        read_block(member.value, kTlsKeys, reading);
    }
}

constexpr std::string_view kNoClusters =
    "telexd runs as a single server, without clusters and leaf nodes";
constexpr std::string_view kAccounts = "use 'accounts' and 'users' in a telex configuration";
constexpr std::string_view kJwt = "telexd does not read JWTs; use 'users' in a telex configuration";
constexpr std::string_view kHttp =
    "use 'http.address' in a telex configuration: metrics, lists and the dashboard";
constexpr std::string_view kDrain = "use 'server.drain_timeout' in a telex configuration";
constexpr std::string_view kSyslog = "the log goes to standard error, or to 'log_file'";

constexpr std::array<KeyRow, 58> kKeys{{
    {"listen", read_listen_key},
    {"host", read_host},
    {"net", read_host},
    {"port", read_port_key},
    {"server_name", [](auto& m, auto& r) { set_text(m, "server.name", r); }},
    {"authorization", read_authorization},
    {"no_auth_user", [](auto& m, auto& r) { set_text(m, "listener.user", r); }},
    {"tls", read_tls},
    {"max_connections",
     [](auto& m, auto& r) { set_count(m, "listener.limits.max_connections", kMillion, r); }},
    {"max_conn",
     [](auto& m, auto& r) { set_count(m, "listener.limits.max_connections", kMillion, r); }},
    {"max_subscriptions",
     [](auto& m, auto& r) { set_count(m, "listener.limits.max_subscriptions", kMillion, r); }},
    {"max_subs",
     [](auto& m, auto& r) { set_count(m, "listener.limits.max_subscriptions", kMillion, r); }},
    {"max_payload", [](auto& m, auto& r) { set_size(m, "listener.limits.max_frame", r); }},
    {"max_pending", [](auto& m, auto& r) { set_size(m, "listener.slow_consumer.max_pending", r); }},
    {"write_deadline",
     [](auto& m, auto& r) { set_time(m, "listener.slow_consumer.max_pending_age", r); }},
    {"ping_interval", [](auto& m, auto& r) { set_time(m, "listener.limits.idle_timeout", r); }},
    {"ping_max", read_ping_max},
    {"max_control_line", read_max_control_line},
    {"log_file", read_log_file},
    {"logfile", read_log_file},
    {"pid_file", read_pid_file},
    {"pidfile", read_pid_file},
    {"debug", read_verbose},
    {"trace", read_verbose},
    {"trace_verbose", read_verbose},
    {"logtime", read_logtime},
    {"jetstream", read_jetstream},
    {"accounts", nullptr, kAccounts},
    {"system_account", nullptr, kAccounts},
    {"no_system_account", nullptr, kAccounts},
    {"operator", nullptr, kJwt},
    {"operators", nullptr, kJwt},
    {"resolver", nullptr, kJwt},
    {"resolver_preload", nullptr, kJwt},
    {"trusted_keys", nullptr, kJwt},
    {"cluster", nullptr, kNoClusters},
    {"gateway", nullptr, kNoClusters},
    {"leafnodes", nullptr, kNoClusters},
    {"leaf", nullptr, kNoClusters},
    {"client_advertise", nullptr, "telexd does not announce addresses"},
    {"mqtt", nullptr, "telexd does not speak MQTT"},
    {"websocket", nullptr, "use 'websocket' of a listener in a telex configuration"},
    {"http", nullptr, kHttp},
    {"http_port", nullptr, kHttp},
    {"https", nullptr, kHttp},
    {"https_port", nullptr, kHttp},
    {"http_base_path", nullptr, kHttp},
    {"monitor_port", nullptr, kHttp},
    {"prof_port", nullptr, kHttp},
    {"lame_duck_duration", nullptr, kDrain},
    {"lame_duck_grace_period", nullptr, kDrain},
    {"syslog", nullptr, kSyslog},
    {"remote_syslog", nullptr, kSyslog},
    {"log_size_limit", nullptr, "use logrotate with 'copytruncate'"},
    {"max_traced_msg_len", nullptr, "the log has no payloads; use `telex trace`"},
    {"max_sub_tokens", nullptr, "use 'limits.max_subject_tokens' in a telex configuration"},
    {"disable_sublist_cache", nullptr, "telexd has no such cache"},
    {"ports_file_dir", nullptr, "the log names the port in its line 'listening'"},
}};

}  // namespace

bool read_port(std::string_view text, Draft& draft) {
    constexpr std::uint16_t kDefault = 4'222;
    constexpr std::int64_t kMost = 65'535;
    const auto number = parse_number(text);
    if (!number || *number < -1 || *number > kMost) {
        return false;
    }
    // The daemon's 0 is any port.
    draft.port = *number == 0 ? kDefault : static_cast<std::uint16_t>(*number == -1 ? 0 : *number);
    return true;
}

bool read_listen(const Setting& text, Draft& draft) {
    const std::string_view all = text.text;
    const std::size_t colon = all.rfind(':');
    if (colon == std::string_view::npos) {
        return read_port(all, draft);
    }
    if (colon > 0) {
        draft.host = {std::string(all.substr(0, colon)), text.at};
    }
    return read_port(all.substr(colon + 1), draft);
}

std::vector<config::Diagnostic> read_keys(
    const ConfFile& file, const std::string& folder, Draft& draft
) {
    Errors errors(file.names);
    Reading reading{draft, errors, file.variables, folder};
    read_block(file.root, kKeys, reading);
    return errors.take();
}

}  // namespace telex::compat
