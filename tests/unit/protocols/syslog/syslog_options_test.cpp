// The configurations of a syslog listener that are accepted, and the reasons to refuse others.
#include "protocols/syslog/syslog_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>

namespace telex::session::syslog {
namespace {

using ::testing::HasSubstr;

std::string error_of(const std::string& publish, const wire::SubjectLimits& limits = {}) {
    SessionOptions options;
    options.subject = limits;
    options.protocol = SyslogOptions{.publish = publish};
    const auto yes = [](std::string_view) { return true; };
    const auto errors =
        check_syslog_listener({.options = options, .datagrams = true, .given = yes, .good = yes});
    return errors.empty() ? "" : errors.front().text;
}

TEST(SyslogOptions, SubjectMayNameThePeerAndPartsOfTheMessage) {
    EXPECT_EQ(error_of("log.{transport}.{peer}"), "");
    EXPECT_EQ(error_of("log.{severity}.{facility}.{host}.{app}.{procid}.{msgid}"), "");
    EXPECT_EQ(error_of("{listener}.{severity}"), "");
}

TEST(SyslogOptions, SubjectHasNoOtherParts) {
    EXPECT_THAT(error_of("log.{time}"), HasSubstr("unknown placeholder '{time}'"));
    EXPECT_THAT(error_of("log.{time}"), HasSubstr("{procid}, {msgid}"));
}

TEST(SyslogOptions, SenderChoosesNoBeginningOfASubject) {
    EXPECT_THAT(error_of("{app}.log"), HasSubstr("begins with a part of the message"));
    EXPECT_THAT(error_of("$SYS.{app}"), HasSubstr("is the exchange's own"));
    EXPECT_THAT(error_of("_REPLY.{app}"), HasSubstr("is the exchange's own"));
}

TEST(SyslogOptions, LongestSubjectFitsTheLimit) {
    EXPECT_THAT(
        error_of("log.{host}", {.max_bytes = 258, .max_tokens = 32}), HasSubstr("is too long")
    );
    EXPECT_EQ(error_of("log.{host}", {.max_bytes = 259, .max_tokens = 32}), "");
}

TEST(SyslogOptions, ErrorOfADefaultNamesNoKey) {
    SessionOptions options;
    options.subject.max_tokens = 2;
    const auto yes = [](std::string_view) { return true; };
    const auto no = [](std::string_view) { return false; };
    const auto errors =
        check_syslog_listener({.options = options, .datagrams = true, .given = no, .good = yes});
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].key, "");
    EXPECT_THAT(errors[0].text, HasSubstr("too many tokens"));
}

const TextOption& option(std::string_view key) {
    const auto rows = syslog_option_rows();
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const OptionRow& candidate) {
        return candidate.key == key;
    });
    return std::get<TextOption>(row->value);
}

TEST(SyslogOptions, RowsReadAndShowTheirMembers) {
    ProtocolOptions holder;
    EXPECT_EQ(option("publish").access.get(holder), "log.{transport}.{peer}");
    EXPECT_EQ(option("payload").access.get(holder), "line");
    option("publish").access.set(holder, "log.{app}");
    option("payload").access.set(holder, "text");
    EXPECT_EQ(options_of<SyslogOptions>(holder).publish, "log.{app}");
    EXPECT_EQ(options_of<SyslogOptions>(holder).payload, PayloadPart::text);
    EXPECT_EQ(option("payload").access.get(holder), "text");
    option("payload").access.set(holder, "line");
    EXPECT_EQ(options_of<SyslogOptions>(holder).payload, PayloadPart::line);
}

TEST(SyslogOptions, PayloadIsOneOfTwoWords) {
    const auto check = option("payload").check;
    EXPECT_FALSE(check("line"));
    EXPECT_FALSE(check("text"));
    EXPECT_THAT(check("msg").value_or(""), HasSubstr("line and text"));
}

}  // namespace
}  // namespace telex::session::syslog
