#include "config/load.hpp"

#include "config/keys/listener_keys.hpp"
#include "config/keys/server_keys.hpp"
#include "protocols/raw/raw_options.hpp"
#include "protocols/syslog/syslog_options.hpp"
#include "test_environment.hpp"

#include <gtest/gtest.h>

#include <type_traits>
#include <variant>

namespace telex::config {
namespace {

using std::chrono::milliseconds;

Config load_good(std::string_view text, const Environment& environment = fixed_environment()) {
    LoadResult result = load_text("test", text, environment);
    EXPECT_EQ(render(result.diagnostics), "");
    EXPECT_EQ(result.status, LoadStatus::loaded);
    return result.config.value_or(Config{});
}

constexpr std::string_view kMinimal = "listeners: [{name: a, address: 'tcp://127.0.0.1:0'}]\n";

TEST(Load, SetsEveryDefault) {
    const Config config = load_good(kMinimal);
    EXPECT_EQ(config.server.name, "telex");
    EXPECT_EQ(config.server.reactors, 3U);  // as many as processors
    EXPECT_EQ(config.server.spin, std::chrono::microseconds(0));
    EXPECT_EQ(config.server.exchange.memory_budget_bytes, std::size_t{256} << 20U);
    EXPECT_EQ(config.server.exchange.max_open_requests, 100'000U);
    EXPECT_EQ(config.server.drain_timeout, milliseconds(10'000));
    EXPECT_EQ(config.log.level, LogLevel::info);
    EXPECT_EQ(config.log.format, LogFormat::automatic);
    ASSERT_EQ(config.listeners.size(), 1U);
    const server::ListenerOptions& listener = config.listeners[0];
    EXPECT_EQ(listener.protocol, "telex");
    EXPECT_EQ(listener.framing, *codec::parse_preset("protobuf-delimited"));
    EXPECT_EQ(listener.framing_name, "protobuf-delimited");
    EXPECT_EQ(listener.accept, server::AcceptMode::balanced);
    EXPECT_EQ(listener.max_connections, 10'000U);
    EXPECT_FALSE(listener.mode);
}

std::string with_accounts(std::size_t count) {
    std::string text = "users: [{name: u, unix_users: 0, account: a0}]\naccounts:\n";
    for (std::size_t i = 0; i < count; ++i) {
        text += "  - {name: a" + std::to_string(i) + "}\n";
    }
    return text + "listeners: [{name: a, address: 'unix:///tmp/a.sock'}]\n";
}

TEST(Load, LimitsTheAccounts) {
    EXPECT_EQ(load_good(with_accounts(access::kMaxAccounts)).server.accounts.size(), 10'000U);
    const LoadResult result =
        load_text("test", with_accounts(access::kMaxAccounts + 1), fixed_environment());
    EXPECT_NE(result.status, LoadStatus::loaded);
    ASSERT_EQ(result.diagnostics.size(), 1U);
    EXPECT_NE(
        render(result.diagnostics).find("accounts: has 10001 entries, expected at most 10000"),
        std::string::npos
    );
}

TEST(Load, ReadsServerAndLog) {
    const Config config = load_good(
        "server: {name: hub-1, reactors: 4, spin: 50us, memory_budget: 1GiB, max_open_requests: 5, "
        "drain_timeout: 250ms}\n"
        "log: {level: debug, format: json}\n" +
        std::string(kMinimal)
    );
    EXPECT_EQ(config.server.name, "hub-1");
    EXPECT_EQ(config.server.reactors, 4U);
    EXPECT_EQ(config.server.spin, std::chrono::microseconds(50));
    EXPECT_EQ(config.server.exchange.memory_budget_bytes, std::size_t{1} << 30U);
    EXPECT_EQ(config.server.exchange.max_open_requests, 5U);
    EXPECT_EQ(config.server.drain_timeout, milliseconds(250));
    EXPECT_EQ(config.log.level, LogLevel::debug);
    EXPECT_EQ(config.log.format, LogFormat::json);
}

TEST(Load, CapsAutomaticReactors) {
    Environment environment = fixed_environment();
    environment.processors = 64;
    EXPECT_EQ(load_good(kMinimal, environment).server.reactors, 16U);
    environment.processors = 0;
    EXPECT_EQ(load_good(kMinimal, environment).server.reactors, 1U);
    EXPECT_EQ(load_good("server: {reactors: auto}\n" + std::string(kMinimal)).server.reactors, 3U);
}

TEST(Load, ReadsEveryListenerKey) {
    const Config config = load_good(R"(
listeners:
  - name: bus
    address: [unix:///run/bus.sock, "unix:@bus"]
    protocol: json
    framing: netstring
    accept: balanced
    mode: 0640
    owner: root
    group: "1000"
    allow_abstract: true
    limits:
      max_connections: 7
      backlog: 8
      max_frame: 128KiB
      max_frame_before_hello: 1KiB
      max_subscriptions: 9
      max_requests: 10
      max_headers: 11
      max_header_bytes: 2KiB
      max_subject_bytes: 512B
      max_subject_tokens: 12
      hello_timeout: 1s
      idle_timeout: 2s
      default_request_timeout: 3s
      max_request_timeout: 4s
    slow_consumer:
      policy: block
      fallback: drop-newest
      max_block: 100ms
      max_pending: 1MiB
      max_pending_age: 5s
)");
    ASSERT_EQ(config.listeners.size(), 1U);
    const server::ListenerOptions& o = config.listeners[0];
    EXPECT_EQ(o.name, "bus");
    ASSERT_EQ(o.addresses.size(), 2U);
    EXPECT_EQ(o.addresses[0].path, "/run/bus.sock");
    EXPECT_TRUE(o.addresses[1].abstract);
    EXPECT_EQ(o.protocol, "json");
    EXPECT_EQ(o.framing_name, "netstring");
    EXPECT_EQ(o.mode, mode_t{0640});
    EXPECT_EQ(o.owner, "root");
    EXPECT_EQ(o.group, "1000");
    EXPECT_TRUE(o.allow_abstract);
    EXPECT_EQ(o.max_connections, 7U);
    EXPECT_EQ(o.backlog, 8);
    const session::SessionOptions& s = o.session;
    EXPECT_EQ(s.max_frame_bytes, 131'072U);
    EXPECT_EQ(o.framing.max_frame_bytes, 131'072U);
    EXPECT_EQ(s.max_frame_bytes_before_hello, 1'024U);
    EXPECT_EQ(s.max_subscriptions, 9U);
    EXPECT_EQ(s.max_pending_requests, 10U);
    EXPECT_EQ(s.max_headers, 11U);
    EXPECT_EQ(s.max_header_bytes, 2'048U);
    EXPECT_EQ(s.subject.max_bytes, 512U);
    EXPECT_EQ(s.subject.max_tokens, 12U);
    EXPECT_EQ(s.hello_timeout, milliseconds(1'000));
    EXPECT_EQ(s.idle_timeout, milliseconds(2'000));
    EXPECT_EQ(s.default_request_timeout, milliseconds(3'000));
    EXPECT_EQ(s.max_request_timeout, milliseconds(4'000));
    EXPECT_EQ(o.slow_consumer.policy, v1::SLOW_POLICY_BLOCK);
    EXPECT_EQ(o.slow_consumer.fallback, v1::SLOW_POLICY_DROP_NEWEST);
    EXPECT_EQ(o.slow_consumer.max_block, milliseconds(100));
    EXPECT_EQ(o.slow_consumer.max_pending_bytes, 1U << 20U);
    EXPECT_EQ(o.slow_consumer.max_pending_age, milliseconds(5'000));
}

TEST(Load, ReadsEveryRawKey) {
    const Config config = load_good(R"(
listeners:
  - name: chat
    address: tcp://127.0.0.1:0
    accept: reuseport
    protocol: raw
    publish: chat.{peer}
    subscribe: "chat.>"
    queue_group: readers
    echo: true
  - name: echo
    address: tcp://127.0.0.1:0
    protocol: raw
    request: $SYS.echo
    request_timeout: 250ms
)");
    ASSERT_EQ(config.listeners.size(), 2U);
    const session::raw::RawOptions& chat =
        session::options_of<session::raw::RawOptions>(config.listeners[0].session.protocol);
    EXPECT_EQ(config.listeners[0].accept, server::AcceptMode::reuseport);
    EXPECT_EQ(config.listeners[0].framing_name, "lines");
    EXPECT_EQ(chat.publish, "chat.{peer}");
    EXPECT_EQ(chat.subscribe, "chat.>");
    EXPECT_EQ(chat.queue_group, "readers");
    EXPECT_TRUE(chat.echo);
    const session::raw::RawOptions& echo =
        session::options_of<session::raw::RawOptions>(config.listeners[1].session.protocol);
    EXPECT_EQ(echo.request, "$SYS.echo");
    EXPECT_EQ(echo.request_timeout, milliseconds(250));
}

TEST(Load, SyslogListener) {
    const auto config = load_good(R"(
listeners:
  - name: default
    address: [tcp://127.0.0.1:0, udp://127.0.0.1:0]
    protocol: syslog
  - name: local
    address: unix-dgram:///run/log.sock
    publish: log.{severity}.{app}
    payload: text
    protocol: syslog
)");
    using Options = session::syslog::SyslogOptions;
    const auto& defaults = session::options_of<Options>(config.listeners[0].session.protocol);
    EXPECT_EQ(defaults.publish, "log.{transport}.{peer}");
    EXPECT_EQ(defaults.payload, session::syslog::PayloadPart::line);
    EXPECT_EQ(config.listeners[0].framing_name, "syslog");
    const auto& local = session::options_of<Options>(config.listeners[1].session.protocol);
    EXPECT_EQ(local.publish, "log.{severity}.{app}");
    EXPECT_EQ(local.payload, session::syslog::PayloadPart::text);
    // It takes the end off a datagram.
    EXPECT_EQ(config.listeners[1].framing_name, "syslog");
}

TEST(Load, RawIdleTimeoutDefaultsToOff) {
    const auto idle_with = [](std::string_view limits) {
        return load_good(
                   "listeners: [{name: a, address: 'tcp://127.0.0.1:0', protocol: raw, publish: a" +
                   std::string(limits) + "}]\n"
        )
            .listeners.at(0)
            .session.idle_timeout;
    };
    EXPECT_EQ(idle_with(""), std::nullopt);
    EXPECT_EQ(idle_with(", limits: {idle_timeout: off}"), std::nullopt);
    EXPECT_EQ(idle_with(", limits: {idle_timeout: 2m}"), std::chrono::minutes(2));
    EXPECT_EQ(load_good(kMinimal).listeners.at(0).session.idle_timeout, std::chrono::minutes(5));
}

std::size_t max_pending(const std::string& budget, const std::string& listener) {
    return load_good(
               "server: {memory_budget: " + budget +
               "}\nlisteners: [{name: a, address: 'tcp://127.0.0.1:0', " + listener + "}]\n"
    )
        .listeners[0]
        .slow_consumer.max_pending_bytes;
}

TEST(Load, ClientsOfNatsMayHaveMorePendingByDefault) {
    constexpr std::size_t kMiB = 1U << 20U;
    EXPECT_EQ(max_pending("256MiB", "protocol: telex"), 8 * kMiB);
    EXPECT_EQ(max_pending("1GiB", "protocol: nats"), 64 * kMiB);
    EXPECT_EQ(max_pending("256MiB", "protocol: nats"), 64 * kMiB);
    EXPECT_EQ(max_pending("128MiB", "protocol: nats"), 32 * kMiB);
    EXPECT_EQ(max_pending("16MiB", "protocol: nats"), 8 * kMiB);
    EXPECT_EQ(max_pending("1GiB", "protocol: nats, slow_consumer: {max_pending: 2MiB}"), 2 * kMiB);
}

TEST(Load, ReadsAmplification) {
    const Config config = load_good(
        "listeners:\n"
        "  - {name: a, address: 'udp://127.0.0.1:0', protocol: raw, request: x,\n"
        "     amplification: {factor: 20, networks: [10.1.0.0/16, 'fd00::/8']}}\n"
        "  - {name: b, address: 'udp://127.0.0.1:0', protocol: raw, request: x}\n"
    );
    const server::AmplificationOptions& options = config.listeners.at(0).amplification;
    EXPECT_EQ(options.factor, 20U);
    EXPECT_EQ(
        options.networks,
        (std::vector{
            net::parse_network("10.1.0.0/16").value(), net::parse_network("fd00::/8").value()
        })
    );
    EXPECT_EQ(config.listeners.at(1).amplification.factor, 1U);
}

TEST(Load, GivesPacketSocketsPacketFraming) {
    const Config config = load_good(
        "listeners:\n"
        "  - {name: a, address: 'udp://127.0.0.1:0', protocol: raw, publish: x}\n"
        "  - {name: b, address: 'unix-seqpacket:///run/b.sock'}\n"
    );
    EXPECT_EQ(config.listeners.at(0).framing.kind, codec::FramingKind::datagram);
    EXPECT_EQ(config.listeners.at(1).framing_name, "datagram");
}

TEST(Load, AcceptsEmptySections) {
    load_good("server:\nlog: {}\n" + std::string(kMinimal));
}

TEST(Load, SubstitutesOnlyValues) {
    Environment environment = fixed_environment();
    environment.variables["NAME"] = "hub";
    environment.variables["BAD"] = "hub\nlog: {level: error}";
    EXPECT_EQ(
        load_good("server: {name: \"${NAME}\"}\n" + std::string(kMinimal), environment).server.name,
        "hub"
    );
    const auto bad =
        load_text("test", "server: {name: \"${BAD}\"}\n" + std::string(kMinimal), environment);
    EXPECT_FALSE(bad.config);
    EXPECT_EQ(bad.diagnostics.size(), 1U);
}

TEST(Load, KeepsSecretsOutOfMessages) {
    const TemporaryFolder folder;
    for (const std::string_view content :
         {"hunter2 is my secret\n",
          "hunter2\rmine\n",
          "tcp://host:hunter2",
          "tls://hunter2\x01",
          "unix://hunter2\\",
          "{hunter2}",
          "a}{hunter2",
          "fixed:hunter2 "}) {
        const std::string file = folder.write("f", content);
        for (const char* key :
             {"name",
              "address",
              "protocol",
              "framing",
              "publish",
              "queue_group",
              "request_timeout",
              "echo",
              "mode"}) {
            std::string text =
                "listeners:\n  - name: a\n    address: tcp://127.0.0.1:0\n"
                "    protocol: raw\n    publish: b\n    framing: lines\n    queue_group: b\n"
                "    request_timeout: 1s\n    echo: true\n    mode: 0600\n";
            const std::size_t at = text.find(std::string(key) + ": ");
            const std::size_t end = text.find('\n', at);
            text.replace(at, end - at, std::string(key) + ": \"${file:" + file + "}\"");
            const LoadResult result = load_text("test", text, fixed_environment());
            ASSERT_FALSE(result.diagnostics.empty()) << key;
            EXPECT_EQ(render(result.diagnostics).find("hunter2"), std::string::npos)
                << key << ": " << render(result.diagnostics);
        }
    }
}

TEST(Load, WarnsOfUnusedFramings) {
    const auto result = load_text(
        "test",
        "framings:\n  meter: {kind: delimiter}\n" + std::string(kMinimal),
        fixed_environment()
    );
    ASSERT_EQ(result.diagnostics.size(), 1U);
    EXPECT_EQ(result.diagnostics[0].severity, Severity::warning);
    EXPECT_EQ(result.diagnostics[0].message, "framings.meter: no listener uses this framing");
    EXPECT_TRUE(result.config);
}

TEST(Load, RefusesAnEmptyText) {
    EXPECT_EQ(load_text("test", "", fixed_environment()).status, LoadStatus::invalid);
}

// Kinds whose defaults are values.
struct IsValue {
    void operator()(const SizeKind&) const;
    void operator()(const CountKind&) const;
    void operator()(const IntegerKind&) const;
    void operator()(const DurationKind&) const;
    void operator()(const BooleanKind&) const;
    void operator()(const ChoiceKind&) const;
};

// A default in the reference must be a valid value that means the default.
template <class Owner>
void check_shown_defaults(const Table<Owner>& table) {
    for (const Key<Owner>& key : table) {
        const bool is_value = std::visit(
            [](const auto& kind) { return std::is_invocable_v<IsValue, decltype(kind)>; },
            key.facts.kind
        );
        if (!is_value) {
            continue;
        }
        const Owner fresh{};
        const std::string shown_default = key.show(fresh);
        if (shown_default.starts_with("of the ") || shown_default.starts_with("if ")) {
            continue;  // depends on other keys
        }
        const Environment environment = fixed_environment();
        Report report("test", "");
        Origins origins;
        Reader reader(environment, report, origins);
        Owner read{};
        key.read(read, Node{Node::Kind::text, {1, 1}, shown_default, {}, {}}, "key", reader);
        EXPECT_EQ(render(report.take()), "") << key.facts.path;
        EXPECT_EQ(key.show(read), shown_default) << key.facts.path;
    }
}

TEST(KeyTables, ShowValidDefaults) {
    check_shown_defaults(server_keys());
    check_shown_defaults(listener_keys());
}

}  // namespace
}  // namespace telex::config
