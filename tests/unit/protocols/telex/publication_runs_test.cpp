// Frames that are handled several at once: the same as one by one.
#include "codec/decoder.hpp"
#include "support/plain_message.hpp"
#include "unit/protocols/native/telex_fixture.hpp"

#include <gmock/gmock.h>

#include <random>
#include <span>
#include <string>
#include <vector>

namespace telex::session::native {
namespace {

class PublicationRunsTest : public TelexFixture {
protected:
    // As a connection does.
    void send_together(std::span<const std::string> frames) {
        for (std::size_t next = 0; next < frames.size() && !transport_.closed;) {
            send_bytes(frames[next++]);
            if (session_->expects_more()) {
                next += session_->on_frames_ahead(ahead(frames.subspan(next)), nullptr);
            }
        }
    }

    static std::vector<codec::FrameAhead> ahead(std::span<const std::string> frames) {
        std::vector<codec::FrameAhead> result;
        std::size_t end = 0;
        for (const std::string& frame : frames) {
            end += frame.size();
            result.push_back({frame, end});
        }
        return result;
    }

    static std::string publication(std::string_view subject, std::size_t payload) {
        v1::Frame frame = testing::publish(std::string(subject), std::string(payload, 'p'));
        return frame.SerializeAsString();
    }

    static std::vector<std::string> bodies(const testing::FakeTransport& transport) {
        std::vector<std::string> result;
        for (const auto& one : transport.published) {
            result.push_back(one.subject + " " + one.payload + " " + one.body);
        }
        return result;
    }
};

TEST_F(PublicationRunsTest, PublishesWhatFollowsAtOnce) {
    open();
    std::vector<std::string> frames;
    for (std::size_t i = 0; i < 50; ++i) {
        frames.push_back(publication("a.b", 1 + i % 3));
    }
    send_together(frames);
    ASSERT_EQ(transport_.published.size(), 50U);
    EXPECT_EQ(transport_.published_in_runs, 48U) << "the first two show that it repeats itself";
    EXPECT_EQ(transport_.published[49].payload, "pp");
}

TEST_F(PublicationRunsTest, StopsAtWhatIsDifferent) {
    open();
    const std::string usual = publication("a", 3);
    send_bytes(usual);
    send_bytes(usual);
    ASSERT_TRUE(session_->expects_more());
    v1::Frame request = testing::publish("a", "x");
    request.set_request(7);
    for (const std::string& other :
         {publication("b", 3), publication("a", 0), request.SerializeAsString(), std::string("?")
         }) {
        const std::vector<std::string> frames = {usual, usual, other, usual};
        EXPECT_EQ(session_->on_frames_ahead(ahead(frames), nullptr), 2U);
    }
}

TEST_F(PublicationRunsTest, AnnouncesTheSubjectsOfPlainPublications) {
    open();
    EXPECT_FALSE(session_->wants_notice());
    transport_.takes_notice = true;
    EXPECT_TRUE(session_->wants_notice());
    std::vector<std::string> frames = {publication("a", 3), "?", "", publication("b.c", 1)};
    frames.push_back(testing::ping(1).SerializeAsString());
    session_->on_notice(ahead(frames));
    EXPECT_THAT(transport_.noticed, ::testing::ElementsAre("a", "b.c"));
    EXPECT_TRUE(transport_.published.empty());
}

TEST_F(PublicationRunsTest, ExpectsNothingAfterAnythingElse) {
    open();
    const std::string usual = publication("a", 3);
    send_bytes(usual);
    EXPECT_FALSE(session_->expects_more()) << "nothing is repeated yet";
    send_bytes(usual);
    EXPECT_TRUE(session_->expects_more());
    send(testing::ping(1));
    EXPECT_FALSE(session_->expects_more());
    send_bytes(publication("a", 0));
    EXPECT_TRUE(session_->expects_more());
    send_bytes(publication("*", 1));
    EXPECT_FALSE(session_->expects_more()) << "it was refused";
}

TEST_F(PublicationRunsTest, StopsAtThePayloadThatTheUserMayNotSend) {
    access::User user;
    user.limits.max_payload_bytes = 10;
    user.publish = {{">"}, {}};
    transport_.is_user = &user;
    open();
    const std::vector<std::string> frames = {
        publication("a", 10), publication("a", 10), publication("a", 10), publication("a", 11)
    };
    send_together(frames);
    EXPECT_EQ(transport_.published.size(), 3U);
    EXPECT_EQ(transport_.published_in_runs, 1U);
    EXPECT_EQ(transport_.refusals.size(), 1U);
}

TEST_F(PublicationRunsTest, DeliversEachMessageOfARun) {
    open();
    std::vector<std::unique_ptr<testing::TestMessage>> kept;
    std::vector<wire::PlainMessage> messages;
    for (std::size_t i = 0; i < 40; ++i) {
        const std::string payload(1 + (i / 10) * 100, static_cast<char>('a' + i % 26));
        kept.push_back(std::make_unique<testing::TestMessage>("a.b", payload));
        messages.push_back(testing::plain_message(kept.back()->body(), "a.b", payload));
    }
    const broker::PublicationRun run{"a.b", messages, nullptr};
    ASSERT_EQ(session_->deliver_run({5, run, 9}), 40U);
    for (const auto& message : kept) {
        (void)session_->deliver(message->delivery(5));
    }
    ASSERT_EQ(transport_.deliveries.size(), 80U);
    for (std::size_t i = 0; i < 40; ++i) {
        ASSERT_EQ(transport_.deliveries[i], transport_.deliveries[i + 40]);
        ASSERT_EQ(transport_.delivered_to[i], 9U);
    }
}

// Random frames, of which most repeat the one before.
TEST_F(PublicationRunsTest, AreTheSameAsOneByOne) {
    std::size_t in_runs = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random(seed);
        std::vector<std::string> frames;
        while (frames.size() < 60) {
            const std::string subject(1, static_cast<char>('a' + random() % 2));
            const std::size_t size = random() % 300;
            for (std::size_t left = 1 + random() % 12; left > 0; --left) {
                std::string frame = publication(subject, random() % 4 == 0 ? random() % 9 : size);
                if (random() % 40 == 0) {
                    frame[random() % frame.size()] = static_cast<char>(random());
                }
                frames.push_back(std::move(frame));
            }
        }
        testing::FakeTransport other;
        TelexSession single(other, other, options_);
        other.bind(single);
        single.start();
        single.on_frame({testing::hello().SerializeAsString(), nullptr});
        for (std::size_t i = 0; i < frames.size() && !other.closed; ++i) {
            single.on_frame({frames[i], nullptr});
        }
        transport_ = {};
        open();
        transport_.run_part = 1 + random() % 20;
        send_together(frames);
        in_runs += transport_.published_in_runs;
        ASSERT_EQ(bodies(transport_), bodies(other)) << "seed " << seed;
        ASSERT_EQ(transport_.refusals, other.refusals);
        ASSERT_EQ(transport_.closed, other.closed);
    }
    EXPECT_GT(in_runs, 1'000U);
}

}  // namespace
}  // namespace telex::session::native
