#include "protocols/raw/raw_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::session {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

RawOptions raw(
    std::optional<std::string> publish,
    std::optional<std::string> subscribe,
    std::optional<std::string> request
) {
    RawOptions options;
    options.publish = std::move(publish);
    options.subscribe = std::move(subscribe);
    options.request = std::move(request);
    return options;
}

TEST(ValidateRaw, AllowsWhatMakesSense) {
    EXPECT_EQ(validate_raw(raw("log.{peer}", {}, {})), std::nullopt);
    EXPECT_EQ(validate_raw(raw({}, "cmd.>", {})), std::nullopt);
    EXPECT_EQ(validate_raw(raw("chat", "chat", {})), std::nullopt);
    EXPECT_EQ(validate_raw(raw({}, {}, "$SYS.echo")), std::nullopt);
}

TEST(ValidateRaw, NeedsSomethingToDo) {
    EXPECT_THAT(validate_raw({}), Optional(HasSubstr("needs publish, subscribe or request")));
}

TEST(ValidateRaw, RequestStandsAlone) {
    EXPECT_THAT(validate_raw(raw("a", {}, "b")), Optional(HasSubstr("alone")));
    EXPECT_THAT(validate_raw(raw({}, "a", "b")), Optional(HasSubstr("alone")));
}

TEST(ValidateRaw, QueueGroupNeedsSubscribeAndARightName) {
    RawOptions options = raw("a", {}, {});
    options.queue_group = "workers";
    EXPECT_THAT(validate_raw(options), Optional(HasSubstr("queue_group needs")));
    options.subscribe = "a";
    EXPECT_EQ(validate_raw(options), std::nullopt);
    options.queue_group = "a b";
    EXPECT_THAT(validate_raw(options), Optional(HasSubstr("'a b'")));
}

TEST(ValidateRaw, EchoNeedsBothDirections) {
    RawOptions options = raw("a", {}, {});
    options.echo = true;
    EXPECT_THAT(validate_raw(options), Optional(HasSubstr("echo needs")));
    options.subscribe = "a";
    EXPECT_EQ(validate_raw(options), std::nullopt);
}

TEST(ValidateRaw, TimeoutIsNotZero) {
    RawOptions options = raw({}, {}, "a");
    options.request_timeout = std::chrono::milliseconds(0);
    EXPECT_THAT(validate_raw(options), Optional(HasSubstr("request_timeout")));
}

TEST(ValidateRaw, NamesTheTemplateThatIsWrong) {
    EXPECT_THAT(validate_raw(raw("a.{x}", {}, {})), Optional(HasSubstr("publish: ")));
    EXPECT_THAT(validate_raw(raw({}, "a..b", {})), Optional(HasSubstr("subscribe: ")));
    EXPECT_THAT(validate_raw(raw({}, {}, "a.*")), Optional(HasSubstr("request: ")));
}

}  // namespace
}  // namespace telex::session
