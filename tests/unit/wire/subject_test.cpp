#include "wire/subject.hpp"

#include "support/subject_oracle.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace telex::wire {
namespace {

using namespace std::string_literals;
using E = SubjectError;

struct Case {
    std::string text;
    std::optional<E> as_subject;
    std::optional<E> as_filter;
};

constexpr std::optional<E> kFine;

std::vector<Case> cases() {
    return {
        {"a", kFine, kFine},
        {"a.b.c", kFine, kFine},
        {"billing.charge.eu-west_1", kFine, kFine},
        {"$SYS.echo", kFine, kFine},
        {"größe.価格", kFine, kFine},
        {"", E::empty, E::empty},
        {".", E::empty_token, E::empty_token},
        {".a", E::empty_token, E::empty_token},
        {"a.", E::empty_token, E::empty_token},
        {"a..b", E::empty_token, E::empty_token},
        {"a b", E::bad_character, E::bad_character},
        {"a\tb", E::bad_character, E::bad_character},
        {"a\r\n", E::bad_character, E::bad_character},
        {"a\0b"s, E::bad_character, E::bad_character},
        {"a\x7F", E::bad_character, E::bad_character},
        {"a\xC2\x85", E::bad_character, E::bad_character},
        {"a\xC2\xA0", kFine, kFine},
        {"a\xFF", E::bad_utf8, E::bad_utf8},
        {"a\xC2", E::bad_utf8, E::bad_utf8},
        {"a.\xED\xA0\x80", E::bad_utf8, E::bad_utf8},
        {"*", E::wildcard_not_allowed, kFine},
        {">", E::wildcard_not_allowed, kFine},
        {"*.a.>", E::wildcard_not_allowed, kFine},
        {"a.*.*", E::wildcard_not_allowed, kFine},
        {"a.*.b", E::wildcard_not_allowed, kFine},
        {"foo*", E::wildcard_not_allowed, E::misplaced_wildcard},
        {"*foo", E::wildcard_not_allowed, E::misplaced_wildcard},
        {"f>o", E::wildcard_not_allowed, E::misplaced_wildcard},
        {"a.**", E::wildcard_not_allowed, E::misplaced_wildcard},
        {"a.>>", E::wildcard_not_allowed, E::misplaced_wildcard},
        {"a.*>", E::wildcard_not_allowed, E::misplaced_wildcard},
        {">.a", E::wildcard_not_allowed, E::misplaced_wildcard},
        {"a.>.", E::wildcard_not_allowed, E::misplaced_wildcard},
        {"a.*.", E::wildcard_not_allowed, E::empty_token},
    };
}

std::string tokens(std::size_t count) {
    std::string text = "t";
    for (std::size_t index = 1; index < count; ++index) {
        text += ".t";
    }
    return text;
}

TEST(Subject, FollowsTheGrammar) {
    for (const Case& test : cases()) {
        EXPECT_EQ(check_subject(test.text), test.as_subject) << test.text;
    }
}

TEST(Filter, FollowsTheGrammar) {
    for (const Case& test : cases()) {
        EXPECT_EQ(check_filter(test.text), test.as_filter) << test.text;
    }
}

TEST(Subject, AcceptsTheLongestOnly) {
    EXPECT_EQ(check_subject(std::string(1024, 'a')), kFine);
    EXPECT_EQ(check_subject(std::string(1025, 'a')), E::too_long);
    EXPECT_EQ(check_filter(std::string(4096, 'a')), E::too_long);
}

TEST(Subject, AcceptsTheMaximumTokensOnly) {
    EXPECT_EQ(check_subject(tokens(32)), kFine);
    EXPECT_EQ(check_subject(tokens(33)), E::too_many_tokens);
    EXPECT_EQ(check_filter(tokens(32) + ".>"), E::too_many_tokens);
}

TEST(Subject, LimitsAreTheCallers) {
    const SubjectLimits limits{.max_bytes = 5, .max_tokens = 2};
    EXPECT_EQ(check_subject("a.bcd", limits), kFine);
    EXPECT_EQ(check_subject("a.bcde", limits), E::too_long);
    EXPECT_EQ(check_subject("a.b.c", limits), E::too_many_tokens);
}

TEST(Subject, EverySingleByteFollowsTheGrammar) {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string text(1, static_cast<char>(byte));
        EXPECT_EQ(!check_subject(text), testing::valid_subject(text, false)) << byte;
        EXPECT_EQ(!check_filter(text), testing::valid_subject(text, true)) << byte;
    }
}

// Every text of up to six characters over the ones that matter.
TEST(Subject, ShortTextsFollowTheGrammar) {
    const std::vector<std::string> alphabet{
        "a", ".", "*", ">", " ", "\xC3\xA4", "\xC2\x9F", "\xFF"
    };
    std::vector<std::string> texts{""};
    for (std::size_t first = 0, round = 0; round < 5; ++round) {
        const std::size_t last = texts.size();
        for (; first < last; ++first) {
            for (const std::string& character : alphabet) {
                texts.push_back(texts[first] + character);
            }
        }
    }
    for (const std::string& text : texts) {
        ASSERT_EQ(!check_subject(text), testing::valid_subject(text, false)) << text;
        ASSERT_EQ(!check_filter(text), testing::valid_subject(text, true)) << text;
    }
}

TEST(QueueGroup, IsASubjectOfBoundedLength) {
    EXPECT_EQ(check_queue_group("workers"), kFine);
    EXPECT_EQ(check_queue_group("workers.eu"), kFine);
    EXPECT_EQ(check_queue_group(std::string(255, 'q')), kFine);
    EXPECT_EQ(check_queue_group(std::string(256, 'q')), E::too_long);
    EXPECT_EQ(check_queue_group(""), E::empty);
    EXPECT_EQ(check_queue_group("a b"), E::bad_character);
    EXPECT_EQ(check_queue_group("workers.*"), E::wildcard_not_allowed);
}

TEST(Subject, ErrorsHaveDifferentTexts) {
    std::vector<std::string_view> texts;
    for (int error = 0; error <= static_cast<int>(E::wildcard_not_allowed); ++error) {
        const std::string_view text = text_of(static_cast<E>(error));
        EXPECT_FALSE(text.empty());
        EXPECT_EQ(std::count(texts.begin(), texts.end(), text), 0) << text;
        texts.push_back(text);
    }
}

TEST(Subject, ReservedIsTheExchangesOwn) {
    EXPECT_TRUE(is_reserved("$SYS.echo"));
    EXPECT_TRUE(is_reserved("$"));
    EXPECT_TRUE(is_reserved("_REPLY.0.17"));
    EXPECT_TRUE(is_reserved("_REPLY.>"));
    EXPECT_FALSE(is_reserved("_REPLYING.a"));
    EXPECT_FALSE(is_reserved("a.$SYS"));
    EXPECT_FALSE(is_reserved("_INBOX.1"));
    EXPECT_FALSE(is_reserved(""));
}

TEST(Matches, FollowsTheWildcards) {
    struct Pair {
        std::string filter;
        std::string subject;
        bool matches;
    };

    const Pair pairs[] = {
        {"a", "a", true},           {"a", "b", false},         {"a", "a.b", false},
        {"a.b", "a", false},        {"a.b", "a.b", true},      {"A", "a", false},
        {"*", "a", true},           {"*", "a.b", false},       {"a.*", "a", false},
        {"a.*", "a.b", true},       {"a.*", "a.b.c", false},   {"*.b", "a.b", true},
        {"a.*.c", "a.b.c", true},   {"a.*.c", "a.b.d", false}, {">", "a", true},
        {">", "a.b.c", true},       {"a.>", "a", false},       {"a.>", "a.b", true},
        {"a.>", "a.b.c", true},     {"a.>", "b.a", false},     {"*.a.>", "x.a.y", true},
        {"*.a.>", "x.a", false},    {"ab", "a", false},        {"a", "ab", false},
        {"$SYS.>", "$SYS.a", true}, {">", "$SYS.a", true},     {"a.b", "a.bc", false},
    };
    for (const Pair& pair : pairs) {
        EXPECT_EQ(matches(pair.filter, pair.subject), pair.matches)
            << pair.filter << " and " << pair.subject;
    }
}

TEST(Matches, AgreesWithTokenListsOnRandomPairs) {
    std::mt19937 random(4650);
    const auto pick = [&](std::string_view alphabet) {
        std::string text;
        const std::size_t count = 1 + random() % 4;
        for (std::size_t index = 0; index < count; ++index) {
            text += (index == 0 ? "" : ".");
            text += alphabet[random() % alphabet.size()];
        }
        return text;
    };
    int matched = 0;
    for (int round = 0; round < 20'000; ++round) {
        const std::string filter = pick("ab*>");
        const std::string subject = pick("ab");
        if (check_filter(filter)) {
            continue;
        }
        const bool expected =
            testing::tokens_match(testing::split(filter), testing::split(subject));
        ASSERT_EQ(matches(filter, subject), expected) << filter << " and " << subject;
        matched += expected ? 1 : 0;
    }
    EXPECT_GT(matched, 1000);
}

TEST(Filter, IsLiteralWithoutWildcards) {
    EXPECT_TRUE(is_literal("a.b"));
    EXPECT_FALSE(is_literal("a.*"));
    EXPECT_FALSE(is_literal(">"));
}

TEST(MakeToken, KeepsWhatATokenMayHave) {
    EXPECT_EQ(make_token("peer-1_x:$"), "peer-1_x:$");
    EXPECT_EQ(make_token("größe"), "größe");
}

TEST(MakeToken, ReplacesEachCharacterThatATokenMayNotHave) {
    EXPECT_EQ(make_token("127.0.0.1"), "127-0-0-1");
    EXPECT_EQ(make_token("a b\tc\n"), "a-b-c-");
    EXPECT_EQ(make_token("*>"), "--");
    EXPECT_EQ(make_token("a\x7F\xC2\x9Fz"), "a--z");
    EXPECT_EQ(make_token("a\xFF\xE2\x82z"), "a---z");
    EXPECT_EQ(make_token("\0"s), "-");
}

TEST(MakeToken, EmptyTextBecomesADash) {
    EXPECT_EQ(make_token(""), "-");
}

TEST(MakeToken, AnyTextBecomesOneValidToken) {
    std::mt19937 random(1);
    for (int round = 0; round < 5'000; ++round) {
        std::string text(random() % 20, '\0');
        for (char& byte : text) {
            byte = static_cast<char>(random());
        }
        const std::string token = make_token(text);
        ASSERT_EQ(check_subject(token, {.max_tokens = 1}), kFine) << ::testing::PrintToString(text);
    }
}

}  // namespace
}  // namespace telex::wire
