#include "config/changes.hpp"

#include "config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kBase = R"(
server: {reactors: 1}
users:
  - name: anna
    password: "$argon2id$v=19$m=1024,t=1,p=1$c2FsdHNhbHRzYWx0$GMv1V/a9uBNqF+93SqBH3JLZiqfe1V1xP9SfOSAqqRE"
    publish: {allow: ["a.>", "b.>"]}
listeners:
  - name: native
    address: tcp://127.0.0.1:4650
    limits: {max_connections: 10}
  - {name: lines, address: "tcp://127.0.0.1:4651", protocol: json}
)";

Settings settings_of(const std::string& text) {
    Environment environment;
    environment.processors = 2;
    auto loaded = load_text("t.yaml", text, environment);
    EXPECT_TRUE(loaded.config) << render(loaded.diagnostics);
    return loaded.settings;
}

std::string with(std::string_view what, std::string_view instead) {
    std::string text(kBase);
    const auto at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), instead);
}

// "path: ... (restart)"
std::vector<std::string> changes(const std::string& after) {
    std::vector<std::string> words;
    for (const Change& change :
         changes_between(settings_of(std::string(kBase)), settings_of(after))) {
        words.push_back(to_string(change) + (change.reload == Reload::restart ? " (restart)" : ""));
    }
    return words;
}

TEST(Changes, NoneForTheSameConfiguration) {
    EXPECT_THAT(changes(std::string(kBase)), IsEmpty());
    EXPECT_THAT(
        changes(with("server: {reactors: 1}", "server:\n  reactors: 1  # the same")), IsEmpty()
    );
}

TEST(Changes, OfValues) {
    EXPECT_THAT(
        changes(with("max_connections: 10", "max_connections: 20")),
        ElementsAre("listeners[native].limits.max_connections: '10' -> '20'")
    );
    EXPECT_THAT(
        changes(with("reactors: 1", "reactors: 2")),
        ElementsAre("server.reactors: '1' -> '2' (restart)")
    );
    EXPECT_THAT(
        changes(with("tcp://127.0.0.1:4650", "tcp://127.0.0.1:4659")),
        ElementsAre("listeners[native].address: 'tcp://127.0.0.1:4650' -> "
                    "'tcp://127.0.0.1:4659' (restart)")
    );
}

TEST(Changes, OfKeysSetAndRemoved) {
    EXPECT_THAT(
        changes(with("{max_connections: 10}", "{max_connections: 10, max_requests: 5}")),
        ElementsAre("listeners[native].limits.max_requests: set to '5'")
    );
    EXPECT_THAT(
        changes(with("    limits: {max_connections: 10}\n", "")),
        ElementsAre("listeners[native].limits.max_connections: removed")
    );
}

TEST(Changes, OfListenersAddedAndRemoved) {
    EXPECT_THAT(
        changes(with("  - {name: lines,", "  - {name: others,")),
        ElementsAre("listeners[lines]: removed", "listeners[others]: added")
    );
    EXPECT_THAT(
        changes(with("  - {name: lines, address: \"tcp://127.0.0.1:4651\", protocol: json}\n", "")),
        ElementsAre("listeners[lines]: removed")
    );
}

TEST(Changes, OfARenamedListenerUseItsNewName) {
    std::string after = with("  - {name: lines,", "  - {name: text, user: anna,");
    const server::Renames renamed{{"text", "lines"}};
    std::vector<std::string> words;
    for (const Change& change :
         changes_between(settings_of(std::string(kBase)), settings_of(after), renamed)) {
        words.push_back(to_string(change) + (change.reload == Reload::restart ? " (restart)" : ""));
    }
    EXPECT_THAT(
        words,
        ElementsAre(
            "listeners[text].name: 'lines' -> 'text'",
            "listeners[text].user: set to 'anna' (restart)"
        )
    );
}

// Entries are identified by their names, not by their order.
TEST(Changes, NoneForTheOrderOfEntries) {
    EXPECT_THAT(
        changes(
            with("listeners:\n", "listeners:\n  - {name: new, address: \"tcp://127.0.0.1:1\"}\n")
        ),
        ElementsAre("listeners[new]: added")
    );
}

TEST(Changes, OfUsersHideHashes) {
    EXPECT_THAT(
        changes(with("GMv1V", "GMv1W")), ElementsAre("users[anna].password: (hidden) -> (hidden)")
    );
    EXPECT_THAT(
        changes(with("\"b.>\"", "\"c.>\"")),
        ElementsAre("users[anna].publish.allow[1]: 'b.>' -> 'c.>'")
    );
}

TEST(Changes, OfAccountsUseTheirNames) {
    const std::string red = "  - {name: red, exports: {messages: [\"r.>\"]}}\n";
    const std::string blue = "  - {name: blue, exports: {messages: [\"b.>\"]}}\n";
    const auto accounts = [](const std::string& list) {
        return settings_of(with("users:\n", "accounts:\n" + list + "users:\n"));
    };
    EXPECT_THAT(changes_between(accounts(red + blue), accounts(blue + red)), IsEmpty());
    const auto gone = changes_between(accounts(red + blue), accounts(blue));
    ASSERT_EQ(gone.size(), 1U);
    EXPECT_EQ(to_string(gone[0]), "accounts[red]: removed");
    EXPECT_EQ(gone[0].reload, Reload::hot);
}

TEST(Changes, AddingOrRemovingAllUsersNeedsARestart) {
    const std::string base(kBase);
    const auto users = base.find("users:");
    const auto listeners = base.find("listeners:");
    const std::string without = base.substr(0, users) + base.substr(listeners);
    EXPECT_THAT(changes(without), ElementsAre("users[anna]: removed (restart)"));
    EXPECT_EQ(
        changes_between(settings_of(without), settings_of(base)).at(0).reload, Reload::restart
    );
}

}  // namespace
}  // namespace telex::config
