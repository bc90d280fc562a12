#include "cli/contexts/contexts.hpp"

#include <gmock/gmock.h>

namespace telex::cli {
namespace {

ConnectionOptions sample() {
    ConnectionOptions options;
    options.servers = {"tls://one", "two:4650"};
    options.connect_timeout = std::chrono::milliseconds(1'500);
    options.tls.ca_file = "/etc/ca \"x\".pem";
    options.user = "anna: #1";
    options.password_file = "/etc/anna-secret";
    return options;
}

std::string error_of(std::string_view text) {
    const auto contexts = parse_contexts("file", text);
    return contexts ? "no error" : contexts.error();
}

TEST(Contexts, AreReadAsTheyWereWritten) {
    Contexts contexts;
    contexts.selected = "a.b";
    contexts.by_name["a.b"] = sample();
    contexts.by_name["null"].servers = {"three"};
    const auto again = parse_contexts("file", contexts_text(contexts));
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->selected, "a.b");
    ASSERT_EQ(again->by_name.size(), 2U);
    const ConnectionOptions& options = again->by_name.at("a.b");
    EXPECT_THAT(options.servers, testing::ElementsAre("tls://one", "two:4650"));
    EXPECT_EQ(options.connect_timeout, std::chrono::milliseconds(1'500));
    EXPECT_EQ(options.tls.ca_file, "/etc/ca \"x\".pem");
    EXPECT_EQ(options.user, "anna: #1");
    EXPECT_EQ(options.password_file, "/etc/anna-secret");
    EXPECT_THAT(again->by_name.at("null").servers, testing::ElementsAre("three"));
}

TEST(Contexts, MayBeEmpty) {
    EXPECT_TRUE(parse_contexts("file", contexts_text({}))->by_name.empty());
}

TEST(Contexts, RejectUnknownKeysAndWrongTypes) {
    EXPECT_THAT(
        error_of("contexts:\n  a: {server: [b], usr: anna}\n"),
        testing::AllOf(
            testing::StartsWith("file:2:"),
            testing::HasSubstr("unknown key 'usr'; did you mean 'user'?")
        )
    );
    const std::string secret = error_of("contexts:\n  a: {server: ['tcp://u:SECRET@h']}\n");
    EXPECT_THAT(secret, testing::HasSubstr("credentials do not belong into an address"));
    EXPECT_THAT(secret, testing::Not(testing::HasSubstr("SECRET")));
    EXPECT_THAT(error_of("selectd: a"), testing::HasSubstr("did you mean 'selected'?"));
    EXPECT_THAT(error_of("contexts: {a: {}}"), testing::HasSubstr("context 'a' has no server"));
    EXPECT_THAT(error_of("contexts: {a: {server: b}}"), testing::HasSubstr("must be a list"));
    EXPECT_THAT(
        error_of("contexts: {a: {server: [b], user: [c]}}"), testing::HasSubstr("must be a text")
    );
    EXPECT_THAT(
        error_of("contexts: {a: {server: [b], connect-timeout: 5}}"),
        testing::HasSubstr("connect-timeout: ")
    );
    EXPECT_THAT(
        error_of("contexts: {a: {server: [b]}, a: {server: [c]}}"), testing::HasSubstr("a")
    );
    EXPECT_THAT(error_of("contexts: ["), testing::StartsWith("file:"));
    for (const char* text : {"contexts: [a]", "contexts: a", "- contexts"}) {
        EXPECT_THAT(error_of(text), testing::HasSubstr("must be a mapping, not ")) << text;
    }
}

TEST(Contexts, FillInWhatTheCommandLineLeavesEmpty) {
    ConnectionOptions given;
    given.tls.ca_file = "mine.pem";
    const ConnectionOptions options = completed(given, sample());
    EXPECT_THAT(options.servers, testing::SizeIs(2));
    EXPECT_EQ(options.tls.ca_file, "mine.pem");
    EXPECT_EQ(options.user, "anna: #1");
}

TEST(Contexts, LeaveOtherCredentialsAlone) {
    ConnectionOptions given;
    given.token_file = "token";
    const ConnectionOptions options = completed(given, sample());
    EXPECT_EQ(options.token_file, "token");
    EXPECT_EQ(options.user, "");
    EXPECT_EQ(options.password_file, "");
}

TEST(Contexts, HavePlainNames) {
    EXPECT_TRUE(is_context_name("prod-1.eu_x"));
    for (const char* name : {"", "a b", "a/b", "ä", "a:"}) {
        EXPECT_FALSE(is_context_name(name)) << name;
    }
}

}  // namespace
}  // namespace telex::cli
