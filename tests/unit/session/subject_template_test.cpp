#include "session/subject_template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::session {
namespace {

using ::testing::HasSubstr;
using Use = SubjectTemplate::Use;

const PeerFacts kFacts{"unix-seqpacket", "/run/a b.sock", "", "front.door", "12"};

std::string error_of(std::string_view text, Use use = Use::publish) {
    const auto parsed = SubjectTemplate::parse(text, use);
    return parsed ? "(none)" : parsed.error();
}

TEST(SubjectTemplate, FillsInEachFactAsOneToken) {
    const auto parsed = SubjectTemplate::parse(
        "a.{transport}.{peer}.{port}.{listener}.{connection}.z", Use::publish
    );
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->expand(kFacts), "a.unix-seqpacket./run/a-b-sock.-.front-door.12.z");
}

TEST(SubjectTemplate, FactMayBePartOfAToken) {
    const auto parsed = SubjectTemplate::parse("{listener}-{connection}", Use::publish);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->expand(kFacts), "front-door-12");
}

TEST(SubjectTemplate, TextWithoutPlaceholdersIsItself) {
    const auto parsed = SubjectTemplate::parse("billing.charge", Use::request);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->expand(kFacts), "billing.charge");
}

TEST(SubjectTemplate, HostileFactsStayOneToken) {
    const auto parsed = SubjectTemplate::parse("log.{peer}.x", Use::publish);
    ASSERT_TRUE(parsed);
    PeerFacts facts = kFacts;
    for (const char* host : {"a.b.c", "*", ">", "", "a\nb", "\xff", "$SYS"}) {
        facts.host = host;
        const std::string subject = parsed->expand(facts);
        EXPECT_FALSE(wire::check_subject(subject)) << subject;
        EXPECT_TRUE(wire::matches("log.*.x", subject)) << subject;
    }
}

TEST(SubjectTemplate, NamesAnUnknownPlaceholderAndTheKnownOnes) {
    EXPECT_THAT(error_of("log.{pear}"), HasSubstr("{pear}"));
    EXPECT_THAT(error_of("log.{pear}"), HasSubstr("{peer}"));
    EXPECT_THAT(error_of("log.{}"), HasSubstr("{}"));
}

TEST(SubjectTemplate, RefusesBracesThatDoNotPair) {
    EXPECT_THAT(error_of("log.{peer"), HasSubstr("without"));
    EXPECT_THAT(error_of("log.peer}"), HasSubstr("without"));
    EXPECT_THAT(error_of("log.{pe{peer}}"), HasSubstr("pe{peer"));
}

TEST(SubjectTemplate, RefusesWhatCannotBecomeASubject) {
    EXPECT_NE(error_of(""), "(none)");
    EXPECT_NE(error_of("a..{peer}"), "(none)");
    EXPECT_NE(error_of("a b"), "(none)");
    EXPECT_NE(error_of("log.*"), "(none)");
    EXPECT_NE(error_of("log.>", Use::request), "(none)");
    EXPECT_NE(error_of("log.{peer}*", Use::subscribe), "(none)");
}

TEST(SubjectTemplate, FiltersMayHaveWildcards) {
    EXPECT_EQ(error_of("log.{peer}.*.>", Use::subscribe), "(none)");
}

TEST(SubjectTemplate, RespectsTheListenersLimits) {
    EXPECT_FALSE(SubjectTemplate::parse("a.b.c", Use::publish, {.max_bytes = 99, .max_tokens = 2}));
    EXPECT_FALSE(SubjectTemplate::parse("abcdef", Use::publish, {.max_bytes = 5, .max_tokens = 2}));
}

TEST(SubjectTemplate, KeepsAwayFromTheExchangesOwnSubjects) {
    EXPECT_NE(error_of("$SYS.echo", Use::publish), "(none)");
    EXPECT_NE(error_of("_REPLY.{peer}", Use::publish), "(none)");
    EXPECT_NE(error_of("_REPLY.{peer}", Use::request), "(none)");
    EXPECT_NE(error_of("$JS.x", Use::request), "(none)");
    EXPECT_NE(error_of("_REPLY.>", Use::subscribe), "(none)");
    EXPECT_EQ(error_of("$SYS.echo", Use::request), "(none)");
    EXPECT_EQ(error_of("$SYS.>", Use::subscribe), "(none)");
}

// --- parts of each message ----------------------------------------------------------------------

constexpr MessageField kFields[] = {{"app", 4}, {"host", 10}};

[[nodiscard]] Result<SubjectTemplate, std::string> with_fields(
    std::string_view text, const wire::SubjectLimits& limits = {}
) {
    return SubjectTemplate::parse(text, Use::publish, limits, kFields);
}

TEST(SubjectTemplate, FillsInPartsOfEachMessage) {
    const auto bound = with_fields("a.{host}.{listener}.{app}{host}.z").value().bind(kFacts);
    EXPECT_FALSE(bound.is_fixed());
    EXPECT_EQ(bound.max_bytes(), std::string_view("a..front-door..z").size() + 10 + 4 + 10);
    std::string subject = "before ";
    const std::string_view values[] = {"x.y", ""};
    bound.append(subject, values);
    EXPECT_EQ(subject, "before a.-.front-door.x-y-.z");
}

TEST(SubjectTemplate, WithoutPartsOfAMessageIsFixed) {
    const auto bound = with_fields("a.{listener}").value().bind(kFacts);
    EXPECT_TRUE(bound.is_fixed());
    EXPECT_EQ(bound.max_bytes(), std::string_view("a.front-door").size());
    std::string subject;
    bound.append(subject, {});
    EXPECT_EQ(subject, "a.front-door");
}

TEST(SubjectTemplate, NamesThePartsOfAMessage) {
    EXPECT_THAT(
        with_fields("a.{hots}").error(),
        HasSubstr("{connection}, {app}, {host}; did you mean '{host}'?")
    );
    EXPECT_THAT(error_of("a.{host}"), HasSubstr("{listener}, {connection}"));
}

TEST(SubjectTemplate, PartOfAMessageDoesNotBeginASubject) {
    EXPECT_THAT(with_fields("{app}.a").error(), HasSubstr("begins with a part of the message"));
    EXPECT_TRUE(with_fields("{listener}.{app}"));
    EXPECT_TRUE(with_fields("a{app}"));
}

TEST(SubjectTemplate, LongestPartsFitTheLimit) {
    EXPECT_TRUE(with_fields("a.{host}", {.max_bytes = 12, .max_tokens = 2}));
    EXPECT_FALSE(with_fields("a.{host}", {.max_bytes = 11, .max_tokens = 2}));
}

}  // namespace
}  // namespace telex::session
