#include "config/render/print.hpp"

#include "config/load.hpp"
#include "test_environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string printed(const std::string& text, const Environment& environment = fixed_environment()) {
    const LoadResult loaded = load_text("test", text, environment);
    EXPECT_TRUE(loaded.config) << render(loaded.diagnostics);
    return loaded.config ? print_config(*loaded.config, loaded.settings) : std::string();
}

constexpr const char* kListener = "listeners: [{name: n, address: \"tcp://127.0.0.1:1\"}]\n";

TEST(PrintConfig, CommentsOutDefaults) {
    const std::string text = printed(std::string("log: {level: debug}\n") + kListener);
    EXPECT_THAT(text, HasSubstr("\nlog:\n  level: \"debug\"\n  # format: auto\n"));
    EXPECT_THAT(
        text, HasSubstr("\nlisteners:\n  - name: \"n\"\n    address: \"tcp://127.0.0.1:1\"\n")
    );
    EXPECT_THAT(text, HasSubstr("\n    # limits:\n      # max_connections: 10000\n"));
    EXPECT_THAT(text, HasSubstr("# server:\n  # name: telex\n"));
}

TEST(PrintConfig, LoadsToTheSameConfiguration) {
    const std::string text =
        "framings: {mine: {preset: u16be, max_frame: 1KiB}}\n"
        "users:\n"
        "  - {name: a, unix_users: [1, 2], publish: {allow: [\"a.>\", \"b\"], deny: a.x},\n"
        "     limits: {max_connections: 3}}\n"
        "accounts:\n"
        "  - {name: x, exports: {messages: \"m.>\"}}\n"
        "  - {name: y, imports: [{account: x, messages: [\"m.>\"]}]}\n"
        "listeners:\n"
        "  - {name: n, address: [\"unix:///tmp/a\", \"unix:///tmp/b\"], mode: \"0660\"}\n"
        "  - {name: r, address: \"unix:///tmp/c\", protocol: raw, framing: mine, publish: a.b}\n";
    const LoadResult first = load_text("test", text, fixed_environment());
    ASSERT_TRUE(first.config) << render(first.diagnostics);
    const std::string once = print_config(*first.config, first.settings);
    const LoadResult again = load_text("printed", once, fixed_environment());
    ASSERT_TRUE(again.config) << once << render(again.diagnostics);
    ASSERT_EQ(first.settings.size(), again.settings.size());
    for (const auto& [path, setting] : first.settings) {
        EXPECT_EQ(again.settings.at(path).value, setting.value) << path;
    }
    EXPECT_EQ(print_config(*again.config, again.settings), once);
}

TEST(PrintConfig, HidesHashes) {
    const std::string hash(64, 'a');
    const std::string text = printed(
        "users: [{name: a, tokens: \"sha256:" + hash + "\", publish: {allow: a}}]\n" + kListener
    );
    EXPECT_THAT(text, Not(HasSubstr("aaaa")));
    EXPECT_THAT(text, HasSubstr("# tokens: hidden\n"));
}

TEST(PrintDefaults, CanBeLoaded) {
    const LoadResult loaded = load_text("defaults", print_defaults(), fixed_environment());
    ASSERT_TRUE(loaded.config) << render(loaded.diagnostics);
    EXPECT_EQ(loaded.settings.size(), 2U) << "a listener's name and address, and nothing more";
    EXPECT_EQ(print_config(*loaded.config, loaded.settings), print_defaults());
}

}  // namespace
}  // namespace telex::config
