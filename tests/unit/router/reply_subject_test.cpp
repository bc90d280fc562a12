#include "router/reply_subject.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace telex::router {
namespace {

TEST(ReplySubject, SurvivesTheWayThereAndBack) {
    const std::uint32_t slots[] = {0, 1, 0xf, 0x10, std::numeric_limits<std::uint32_t>::max()};
    const std::uint64_t secrets[] = {0, 1, 0x0123456789abcdef, ~std::uint64_t{0}};
    for (const ReactorIndex reactor : {ReactorIndex{0}, ReactorIndex{15}, ReactorIndex{63}}) {
        for (const std::uint32_t slot : slots) {
            for (const std::uint64_t secret : secrets) {
                const ReplyAddress address{reactor, slot, secret};
                const ReplySubject subject(address);
                EXPECT_LE(subject.view().size(), 40U);
                EXPECT_TRUE(is_reply_subject(subject.view()));
                EXPECT_EQ(parse_reply_subject(subject.view()), address) << subject.view();
            }
        }
    }
}

TEST(ReplySubject, HasOneTextPerAddress) {
    EXPECT_EQ(ReplySubject({10, 0x2f, 0xabc}).view(), "_REPLY.a.2f.0000000000000abc");
}

TEST(ReplySubject, RefusesEverythingElse) {
    const char* const others[] = {
        "",
        "_REPLY",
        "_REPLY.",
        "_reply.a.2f.0000000000000abc",
        "_REPLY.a.2f",
        "_REPLY.a.2f.",
        "_REPLY.a.2f.abc",
        "_REPLY.a.2f.0000000000000abg",
        "_REPLY.a.2f.0000000000000ABC",
        "_REPLY.a.2f.00000000000000abc",
        "_REPLY.a.2f.0000000000000abc.",
        "_REPLY.a.2f.0000000000000abc.x",
        "_REPLY.0a.2f.0000000000000abc",
        "_REPLY.a.02f.0000000000000abc",
        "_REPLY.40.2f.0000000000000abc",
        "_REPLY..2f.0000000000000abc",
        "_REPLY.a..0000000000000abc",
        "_REPLY.a.123456789.0000000000000abc",
        "_REPLY.a.-1.0000000000000abc",
        "_REPLY.*.2f.0000000000000abc",
    };
    for (const char* other : others) {
        EXPECT_EQ(parse_reply_subject(other), std::nullopt) << other;
    }
}

}  // namespace
}  // namespace telex::router
