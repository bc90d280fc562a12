// Answers of the raw protocol that cannot be written: in every order in which answers may come, the
// peer never takes one for another.
#include "protocols/raw/raw_session.hpp"
#include "support/fake_transport.hpp"
#include "wire/reply_headers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

namespace telex::session::raw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kUnwritable = "unwritable";

[[nodiscard]] SendResult refuse_unwritable(std::string_view frame) {
    if (frame == kUnwritable) {
        return not_sent(DropReason::not_encodable, codec::FrameError::delimiter_in_payload);
    }
    return {};
}

// A session that asks, and a responder that answers as the test says.
class Asked {
public:
    explicit Asked(std::size_t frames, bool datagram = false) {
        options_.protocol = RawOptions{.request = "svc.a"};
        options_.datagram = datagram;
        transport.judge = refuse_unwritable;
        session = std::make_unique<RawSession>(transport, transport, options_);
        transport.bind(*session);
        session->start();
        for (std::size_t i = 0; i < frames; ++i) {
            session->on_frame({"question", nullptr});
        }
    }

    [[nodiscard]] SendResult answer(std::uint64_t id, std::string_view payload) {
        return transport.try_answer(id, payload);
    }

    [[nodiscard]] SendResult answer_with(
        std::uint64_t id, std::string_view header, std::string_view value
    ) {
        const std::array<wire::HeaderView, 1> headers{{{header, value}}};
        return transport.try_answer(id, testing::TestMessage("_REPLY.x", "payload", headers));
    }

    testing::FakeTransport transport;
    std::unique_ptr<RawSession> session;

private:
    SessionOptions options_;
};

enum class Fate : std::uint8_t { answer, none, unwritable, failure, timeout };

void meet(Asked& asked, std::uint64_t id, Fate fate) {
    switch (fate) {
        case Fate::answer:
            (void)asked.answer(id, "answer " + std::to_string(id));
            return;
        case Fate::none:
            (void)asked.answer_with(id, wire::kNoAnswerHeader, "yes");
            return;
        case Fate::unwritable:
            (void)asked.answer(id, kUnwritable);
            return;
        case Fate::failure:
            (void)asked.answer_with(id, wire::kErrorHeader, "exit status 3");
            return;
        case Fate::timeout:
            asked.session->on_request_failed(id, v1::TIMEOUT);
            return;
    }
}

bool leaves_a_gap(Fate fate) {
    return fate != Fate::answer && fate != Fate::none;
}

// All fates of three frames, in every order in which they may be met.
TEST(RawAnswers, AreNeverTakenForOneAnother) {
    constexpr std::size_t kFrames = 3;
    constexpr std::size_t kFates = 5;
    std::array<std::uint64_t, kFrames> order{};
    for (std::size_t combination = 0; combination < kFates * kFates * kFates; ++combination) {
        const std::array<Fate, kFrames> fates{
            static_cast<Fate>(combination % kFates),
            static_cast<Fate>(combination / kFates % kFates),
            static_cast<Fate>(combination / kFates / kFates),
        };
        const auto gap = std::find_if(fates.begin(), fates.end(), leaves_a_gap);
        std::vector<std::string> expected;
        for (auto fate = fates.begin(); fate != gap; ++fate) {
            if (*fate == Fate::answer) {
                expected.push_back("answer " + std::to_string(fate - fates.begin() + 1));
            }
        }
        std::iota(order.begin(), order.end(), 1);
        do {
            Asked asked(kFrames);
            for (const std::uint64_t id : order) {
                meet(asked, id, fates.at(id - 1));
            }
            ASSERT_EQ(asked.transport.controls, expected) << combination;
            ASSERT_EQ(asked.transport.closed.has_value(), gap != fates.end()) << combination;
            ASSERT_EQ(asked.transport.breaches, 0);
        } while (std::next_permutation(order.begin(), order.end()));
    }
}

TEST(RawAnswers, AnUnwritableOneEndsTheConnectionWithItsReason) {
    Asked asked(2);
    const SendResult result = asked.answer(1, kUnwritable);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason, DropReason::not_encodable);
    EXPECT_EQ(asked.transport.closed, CloseReason::unwritable_answer);
    EXPECT_THAT(
        asked.transport.close_detail, HasSubstr("10 bytes cannot be written: delimiter_in_pay")
    );
    EXPECT_FALSE(asked.answer(2, "late")) << "it is not counted as delivered";
    EXPECT_THAT(asked.transport.controls, IsEmpty());
}

// It is known at once, and not only at its turn: nothing is held that has no future.
TEST(RawAnswers, AnUnwritableOneTakesNoMoreFrames) {
    Asked asked(3);
    EXPECT_TRUE(asked.answer(3, "held"));
    EXPECT_FALSE(asked.answer(2, kUnwritable));
    EXPECT_EQ(asked.transport.lost_replies[DropReason::connection_lost], 1U)
        << "the answer that was held";
    asked.session->on_frame({"four", nullptr});
    EXPECT_EQ(asked.transport.requests.size(), 3U);
    EXPECT_FALSE(asked.transport.closed);
    EXPECT_TRUE(asked.answer(1, "first"));
    EXPECT_THAT(asked.transport.controls, ElementsAre("first"));
    EXPECT_EQ(asked.transport.closed, CloseReason::unwritable_answer);
}

TEST(RawAnswers, AResponderSaysThatThereIsNone) {
    Asked asked(3);
    EXPECT_TRUE(asked.answer_with(2, "Telex-No-Answer", ""));
    EXPECT_TRUE(asked.answer(3, "c"));
    EXPECT_TRUE(asked.answer(1, ""));
    EXPECT_THAT(asked.transport.controls, ElementsAre("", "c")) << "an empty answer is one";
    asked.session->on_end_of_input();
    EXPECT_EQ(asked.transport.closed, CloseReason::client_closed);
}

TEST(RawAnswers, AResponderSaysThatItFailed) {
    Asked asked(1);
    (void)asked.answer_with(1, "Telex-Error", "exit status\n3");
    EXPECT_EQ(asked.transport.closed, CloseReason::request_failed);
    EXPECT_EQ(asked.transport.close_detail, "the responder failed: exit status\\x0a3");
    EXPECT_EQ(asked.transport.refusals[v1::RESPONDER_FAILED], 1);
    EXPECT_THAT(asked.transport.controls, IsEmpty());
}

TEST(RawAnswers, OtherHeadersMeanNothing) {
    Asked asked(1);
    EXPECT_TRUE(asked.answer_with(1, "telex-no-answer", "names are exact"));
    EXPECT_THAT(asked.transport.controls, ElementsAre("payload"));
}

TEST(RawAnswers, ByDatagramAnUnwritableOneIsLeftOut) {
    Asked asked(2, true);
    EXPECT_FALSE(asked.answer(1, kUnwritable));
    EXPECT_TRUE(asked.answer(2, "b"));
    EXPECT_THAT(asked.transport.controls, ElementsAre("b"));
    EXPECT_FALSE(asked.transport.closed);
}

// A payload with a subject of kilobytes would not fit a delivery of the same limit.
TEST(RawAnswers, AFrameThatIsTooLargeBesideItsSubjectIsRefused) {
    testing::FakeTransport transport;
    SessionOptions options;
    options.subject = {.max_bytes = 60'000, .max_tokens = 32};
    options.max_frame_bytes = 10'000;
    options.protocol = RawOptions{.publish = std::string(5'000, 's')};
    RawSession session(transport, transport, options);
    transport.bind(session);
    session.start();
    session.on_frame({std::string(8'000, 'x'), nullptr});
    EXPECT_EQ(transport.published.size(), 1U);
    session.on_frame({std::string(10'000, 'x'), nullptr});
    EXPECT_EQ(transport.published.size(), 1U);
    EXPECT_EQ(transport.refusals[v1::FRAME_TOO_LARGE], 1);
    EXPECT_EQ(transport.closed, CloseReason::frame_too_large);
}

}  // namespace
}  // namespace telex::session::raw
