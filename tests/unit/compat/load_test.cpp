#include "compat/load.hpp"

#include "auth/memory_digest.hpp"
#include "auth/password_hash.hpp"
#include "auth/token.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>

#include <tuple>
#include <vector>

namespace telex::compat {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CompatLoad : public testing::Test {
protected:
    Loaded load_flags(std::vector<std::string> arguments) const {
        const auto flags = parse_flags(arguments);
        EXPECT_TRUE(flags) << flags.error();
        config::Environment environment;
        environment.variables = {{"PORT", "4333"}};
        return load(*flags, environment);
    }

    Loaded load_conf(const std::string& text, std::vector<std::string> arguments = {}) {
        arguments.insert(arguments.begin(), {"-c", folder_.write("server.conf", text)});
        return load_flags(std::move(arguments));
    }

    // Requires that the text is a configuration.
    config::Config config_of(const std::string& text, std::vector<std::string> arguments = {}) {
        auto loaded = load_conf(text, std::move(arguments));
        EXPECT_TRUE(loaded.result.config) << config::render(loaded.result.diagnostics);
        return loaded.result.config.value_or(config::Config{
            .server = {}, .log = {}, .http = {}, .listeners = {server::ListenerOptions{}}
        });
    }

    // Of the only diagnostic: "LINE MESSAGE".
    std::string error_of(const std::string& text) {
        const auto loaded = load_conf(text);
        EXPECT_FALSE(loaded.result.config);
        EXPECT_NE(loaded.result.status, config::LoadStatus::loaded);
        const auto& all = loaded.result.diagnostics;
        return all.size() == 1 ? std::to_string(all[0].at.line) + " " + all[0].message
                               : config::render(all);
    }

    test::TemporaryFolder folder_;
};

TEST_F(CompatLoad, WithoutFlagsItListensOnLoopbackOnly) {
    const auto loaded = load_flags({});
    ASSERT_TRUE(loaded.result.config) << config::render(loaded.result.diagnostics);
    EXPECT_THAT(loaded.result.diagnostics, IsEmpty());
    const auto& config = *loaded.result.config;
    ASSERT_EQ(config.listeners.size(), 1U);
    EXPECT_EQ(config.listeners[0].protocol, "nats");
    EXPECT_EQ(net::to_string(config.listeners[0].addresses.at(0)), "tcp://127.0.0.1:4222");
    EXPECT_TRUE(config.server.users.empty());
    EXPECT_TRUE(config.http.addresses.empty());
    EXPECT_EQ(config.server.drain_timeout, milliseconds(100));
    EXPECT_EQ(loaded.log_file, "");
    EXPECT_EQ(loaded.pid_file, "");
}

TEST_F(CompatLoad, Addresses) {
    const auto address = [&](const std::string& text, std::vector<std::string> flags = {}) {
        return net::to_string(config_of(text, std::move(flags)).listeners[0].addresses.at(0));
    };
    EXPECT_EQ(address("port: $PORT"), "tcp://127.0.0.1:4333");
    EXPECT_EQ(address("host: localhost, port: 1"), "tcp://localhost:1");
    EXPECT_EQ(address("net: '0.0.0.0'"), "tcp://0.0.0.0:4222");
    EXPECT_EQ(address("listen: localhost:5"), "tcp://localhost:5");
    EXPECT_EQ(address("listen: 5"), "tcp://127.0.0.1:5");
    EXPECT_EQ(address("listen: ':5'"), "tcp://127.0.0.1:5");
    EXPECT_EQ(address("listen: \"[::1]:5\""), "tcp://[::1]:5");
    EXPECT_EQ(address("host: '::1'"), "tcp://[::1]:4222");
    EXPECT_EQ(address("host: '::'"), "tcp://*:4222");
    EXPECT_EQ(address("port: -1"), "tcp://127.0.0.1:0");
    EXPECT_EQ(address("port: 0"), "tcp://127.0.0.1:4222");
    EXPECT_EQ(address("listen: localhost:5", {"-a", "127.0.0.2"}), "tcp://127.0.0.2:5");
    EXPECT_EQ(address("listen: localhost:5", {"-p", "6"}), "tcp://localhost:6");
    EXPECT_EQ(error_of("\nport: 70000"), "2 'port' is not a port");
    EXPECT_EQ(error_of("listen: a:b"), "1 'listen' is not HOST:PORT");
    EXPECT_THAT(error_of("host: 'a b'"), HasSubstr("1 "));
}

TEST_F(CompatLoad, OtherHostsGiveAWarning) {
    const auto warning = [&](std::vector<std::string> arguments) {
        const auto loaded = load_flags(std::move(arguments));
        EXPECT_TRUE(loaded.result.config) << config::render(loaded.result.diagnostics);
        return config::render(loaded.result.diagnostics);
    };
    EXPECT_THAT(warning({"-a", "0.0.0.0"}), HasSubstr("without authentication"));
    EXPECT_THAT(warning({"-a", "0.0.0.0", "-auth", "x"}), HasSubstr("without TLS"));
    EXPECT_EQ(warning({"-a", "localhost", "-auth", "x"}), "");
}

TEST_F(CompatLoad, Keys) {
    const auto loaded = load_conf(
        "server_name: n1\nmax_payload: 64KB\nmax_connections: 7\nmax_subscriptions: 0\n"
        "max_pending: 2MB\nwrite_deadline: \"3s\"\nping_interval: 20\nping_max: 2\n"
        "max_control_line: 4KB\ndebug: true\ntrace: false\nlogtime: true\njetstream: false\n"
        "log_file: /x/log\npid_file: '/x/pid'\n"
    );
    ASSERT_TRUE(loaded.result.config) << config::render(loaded.result.diagnostics);
    const auto& config = *loaded.result.config;
    const auto& listener = config.listeners[0];
    EXPECT_EQ(config.server.name, "n1");
    EXPECT_EQ(listener.session.max_frame_bytes, 65'536U);
    EXPECT_EQ(listener.max_connections, 7U);
    EXPECT_EQ(listener.session.max_subscriptions, 1'000'000U);
    EXPECT_EQ(listener.slow_consumer.max_pending_bytes, std::size_t{2} << 20U);
    EXPECT_EQ(listener.slow_consumer.max_pending_age, milliseconds(3'000));
    EXPECT_EQ(listener.session.idle_timeout, milliseconds(20'000));
    EXPECT_EQ(config.log.level, config::LogLevel::debug);
    EXPECT_EQ(loaded.log_file, "/x/log");
    EXPECT_EQ(loaded.pid_file, "/x/pid");
}

TEST_F(CompatLoad, FlagsPrecedeTheFile) {
    const auto loaded = load_conf(
        "server_name: n1, log_file: a, pid_file: b, authorization {user: a, password: b}",
        {"-n", "n2", "-l", "c", "-P", "d", "--auth", "tok"}
    );
    ASSERT_TRUE(loaded.result.config) << config::render(loaded.result.diagnostics);
    EXPECT_EQ(loaded.result.config->server.name, "n2");
    EXPECT_EQ(loaded.log_file, "c");
    EXPECT_EQ(loaded.pid_file, "d");
    ASSERT_EQ(loaded.result.config->server.users.size(), 1U);
    EXPECT_EQ(loaded.result.config->server.users[0].name, "token");
}

TEST_F(CompatLoad, APasswordBecomesADigestOfThisProcess) {
    const auto config = config_of("authorization {user: anna, password: \"s3${X}\", timeout: 1.5}");
    ASSERT_EQ(config.server.users.size(), 1U);
    const access::User& user = config.server.users[0];
    EXPECT_EQ(user.name, "anna");
    EXPECT_TRUE(auth::is_memory_digest(user.password));
    EXPECT_TRUE(auth::password_fits(user.password, "s3${X}"));
    EXPECT_FALSE(auth::password_fits(user.password, "s3"));
    EXPECT_EQ(config.listeners[0].session.hello_timeout, milliseconds(1'500));
    EXPECT_TRUE(user.publish.allows("a.b"));
    EXPECT_TRUE(user.publish.allows("$JS.API.INFO"));
    EXPECT_FALSE(user.publish.allows("$SYS.admin.drain"));
    EXPECT_FALSE(user.subscribe.allows_filter("$SYS.event.>"));
}

TEST_F(CompatLoad, AHashOfTelexIsAPassword) {
    const std::string hash = auth::hash_password("x");
    EXPECT_EQ(
        config_of("authorization {user: a, password: '" + hash + "'}").server.users[0].password,
        hash
    );
}

TEST_F(CompatLoad, TheOrdinaryConfigurationRefusesDigestsOfAProcess) {
    const std::string text =
        "users: [{name: a, password: \"" + auth::memory_digest("x") +
        "\"}]\nlisteners: [{name: l, address: \"tcp://127.0.0.1:0\", protocol: nats}]";
    const auto loaded = config::load_text("x", text, config::Environment{});
    EXPECT_FALSE(loaded.config);
    EXPECT_THAT(config::render(loaded.diagnostics), HasSubstr("is not a password hash"));
}

TEST_F(CompatLoad, TokensAndNkeys) {
    const auto token = config_of("authorization {token: \"tok\"}").server.users.at(0);
    EXPECT_THAT(token.tokens, ElementsAre(auth::digest_of("tok")));
    const std::string nkey = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4";
    const auto keyed =
        config_of("authorization {users: [{nkey: " + nkey + "}]}").server.users.at(0);
    EXPECT_EQ(keyed.keys.size(), 1U);
    EXPECT_EQ(keyed.name, nkey);
}

TEST_F(CompatLoad, Permissions) {
    const auto users = config_of(
        "authorization {\n"
        "  default_permissions = {publish: \"d.>\"}\n"
        "  users = [\n"
        "    {user: a, password: p, permissions: {publish=\"foo\" subscribe=[\"bar\", "
        "\"baz.*\"]}}\n"
        "    {user: b, password: p, permissions: {publish: {deny: \"x.>\"}, subscribe: {allow: "
        "[a], deny: [b]}}}\n"
        "    {user: c, password: p}\n"
        "  ]\n"
        "}\nno_auth_user: c"
    );
    const auto& [a, b, c] =
        std::tie(users.server.users[0], users.server.users[1], users.server.users[2]);
    EXPECT_THAT(a.publish.allow, ElementsAre("foo"));
    EXPECT_THAT(a.subscribe.allow, ElementsAre("bar", "baz.*"));
    EXPECT_TRUE(b.publish.allows("y"));
    EXPECT_FALSE(b.publish.allows("x.y"));
    EXPECT_THAT(b.subscribe.deny, ElementsAre("b"));
    EXPECT_THAT(c.publish.allow, ElementsAre("d.>"));
    EXPECT_TRUE(c.subscribe.allows_filter(">"));
    EXPECT_EQ(users.listeners[0].user, "c");
}

TEST_F(CompatLoad, ErrorsOfUsers) {
    EXPECT_THAT(
        error_of("authorization {\nuser: a\n}"), HasSubstr("1 a user needs a name and a password")
    );
    EXPECT_THAT(
        error_of("authorization {users: [\n{user: a, password: '$2a$11$abcdefghijklmnopqrstuv'}]}"),
        HasSubstr("2 hashes of bcrypt")
    );
    EXPECT_THAT(error_of("authorization {token: a, user: b}"), HasSubstr("or a token"));
    EXPECT_THAT(error_of("authorization {token: a, users: []}"), HasSubstr("use one of them"));
    EXPECT_THAT(
        error_of("authorization {users: [{user: a, password: b, account: c}]}"),
        HasSubstr("'account' is not supported for users")
    );
    EXPECT_THAT(
        error_of(
            "authorization {users: [{user: a, password: b, permissions: {allow_responses: true}}]}"
        ),
        HasSubstr("_INBOX.>")
    );
    EXPECT_THAT(
        error_of(
            "authorization {users: [{user: a, password: b, permissions: {\nsubscribe: \"foo q\"}}]}"
        ),
        HasSubstr("2 ")
    );
    EXPECT_THAT(error_of("authorization {users: {}}"), HasSubstr("not a list"));
    EXPECT_THAT(error_of("authorization {users: [a]}"), HasSubstr("expected a user in braces"));
    EXPECT_THAT(error_of("authorization: x"), HasSubstr("is a value, not a block"));
    EXPECT_THAT(
        error_of("authorization {auth_callout: x}"), HasSubstr("'auth_callout' is not supported")
    );
    EXPECT_THAT(error_of("\nno_auth_user: b\n"), HasSubstr("2 "));
    EXPECT_THAT(error_of("authorization {user: 'a b', password: p}"), HasSubstr("is not a name"));
    EXPECT_THAT(
        error_of("authorization {user: a, password: '" + std::string(2'000, 'x') + "'}"),
        HasSubstr("at most 1024")
    );
}

TEST_F(CompatLoad, OtherKeysAreErrorsThatNameThem) {
    EXPECT_THAT(
        error_of("\n\ncluster {name: x}"),
        HasSubstr("3 'cluster' is not supported: telexd runs as a single server")
    );
    EXPECT_THAT(error_of("jetstream {store_dir: x}"), HasSubstr("no JetStream"));
    EXPECT_THAT(error_of("http: 8222"), HasSubstr("http.address"));
    EXPECT_THAT(error_of("unknown: 1"), HasSubstr("'unknown' is not a supported key"));
    EXPECT_THAT(error_of("ping_max: 3"), HasSubstr("is always 2"));
    EXPECT_THAT(error_of("max_control_line: 8KB"), HasSubstr("is always 4096"));
    EXPECT_THAT(error_of("logtime: false"), HasSubstr("is always true"));
    EXPECT_THAT(error_of("max_payload: -1"), HasSubstr("must be positive"));
    EXPECT_THAT(error_of("max_connections: -1"), HasSubstr("must not be negative"));
    EXPECT_THAT(error_of("max_payload: x"), HasSubstr("is not a number"));
    EXPECT_THAT(error_of("debug: 5"), HasSubstr("true or false"));
    EXPECT_THAT(error_of("ping_interval: x"), HasSubstr("is not a time"));
    EXPECT_THAT(error_of("server_name: [a]"), HasSubstr("is a list, not a value"));
    EXPECT_THAT(error_of("server_name: 'a b'"), HasSubstr("is not a name"));
    EXPECT_THAT(
        error_of("tls {verify_and_map: true, cert_file: a, key_file: b}"),
        HasSubstr("'certificates' of users")
    );
    EXPECT_THAT(error_of("tls {}"), HasSubstr("TLS needs a certificate"));
    EXPECT_THAT(error_of("tls {cert_file: a, key_file: b, verify: true}"), HasSubstr("ca_file"));
    EXPECT_THAT(error_of("tls {cert_file: a, key_file: b}"), HasSubstr("1 "));
}

TEST_F(CompatLoad, VariablesMayBeDefinedAsKeys) {
    EXPECT_EQ(config_of("LIMIT: 9\nmax_connections: $LIMIT").listeners[0].max_connections, 9U);
}

TEST_F(CompatLoad, Files) {
    EXPECT_EQ(
        load_flags({"-c", folder_.path("none")}).result.status, config::LoadStatus::unreadable
    );
    EXPECT_EQ(load_flags({"-c", folder_.path("")}).result.status, config::LoadStatus::invalid);
    EXPECT_EQ(load_flags({"-p", "x"}).result.status, config::LoadStatus::invalid);
    EXPECT_EQ(load_flags({"-user", "x"}).result.status, config::LoadStatus::invalid);
    EXPECT_EQ(load_flags({"-tls"}).result.status, config::LoadStatus::invalid);
    const std::string more = folder_.write("more.conf", "max_connections: 3\nbad: 1\n");
    const auto loaded = load_conf("\ninclude more.conf");
    ASSERT_EQ(loaded.result.diagnostics.size(), 1U);
    EXPECT_EQ(loaded.result.diagnostics[0].file, more);
    EXPECT_EQ(loaded.result.diagnostics[0].at.line, 2U);
}

TEST_F(CompatLoad, ErrorsDoNotShowSecrets) {
    const auto loaded = load_conf(
        "authorization {users: [{user: a, password: s3cret, nonsense: 1}, {user: 'x y', password: "
        "s3cret}]}"
    );
    EXPECT_FALSE(loaded.result.config);
    EXPECT_THAT(config::render(loaded.result.diagnostics), Not(HasSubstr("s3cret")));
}

}  // namespace
}  // namespace telex::compat
