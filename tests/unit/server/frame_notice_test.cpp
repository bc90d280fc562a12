#include "server/connection/frame_notice.hpp"

#include "base/time.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace telex::server {
namespace {

using ::testing::ElementsAre;

// Notes what it is shown.
class NoticingSession final : public session::Session {
public:
    bool wants_notice() const override {
        ++asked;
        return wants;
    }

    void on_notice(std::span<const codec::FrameAhead> frames) override {
        shown.push_back(frames.size());
        for (const codec::FrameAhead& frame : frames) {
            announced += frame.payload;
        }
    }

    void on_frame(const session::InboundFrame& frame) override { handled += frame.bytes; }

    void on_end_of_input() override {}

    [[nodiscard]] session::SendResult deliver(const session::Delivery& /*delivery*/) override {
        return {};
    }

    [[nodiscard]] session::SendResult
    on_reply(std::uint64_t /*id*/, const session::Delivery& /*reply*/) override {
        return {};
    }

    void on_request_failed(std::uint64_t /*id*/, v1::ErrorCode /*code*/) override {}

    void on_subscribed(std::uint64_t /*id*/) override {}

    void on_unsubscribed(std::uint64_t /*id*/, std::uint64_t /*delivered*/, std::uint64_t /*lost*/)
        override {}

    void on_flushed(std::uint64_t /*id*/) override {}

    void refuse(const session::Refusal& /*refusal*/) override {}

    bool wants = true;
    mutable int asked = 0;
    std::vector<std::size_t> shown;
    std::string announced;
    std::string handled;
};

class FrameNoticeTest : public ::testing::Test {
protected:
    // A read of that many frames of one letter.
    void read(std::size_t count) {
        std::string bytes;
        for (std::size_t i = 0; i < count; ++i) {
            bytes += '\1';
            bytes += static_cast<char>('a' + next_++ % 26);
        }
        reader_.begin_turn();
        std::copy(bytes.begin(), bytes.end(), reader_.room().begin());
        reader_.received(bytes.size(), TimePoint{});
        for (;;) {
            const FrameReader::Step step = reader_.next();
            if (step.kind != FrameReader::Step::Kind::frame) {
                return;
            }
            session_.on_frame({step.payload, step.owner});
            notice_.handled_one(reader_, session_);
        }
    }

    ReactorBuffers buffers_;
    FrameReader reader_{buffers_, codec::make_decoder(*codec::parse_preset("u8")), {}};
    NoticingSession session_;
    FrameNotice notice_;
    std::size_t next_ = 0;
};

TEST_F(FrameNoticeTest, ShowsEachFrameOnceButTheFirst) {
    read(40);
    EXPECT_THAT(session_.shown, ElementsAre(16, 16, 7, 0));
    EXPECT_EQ(session_.announced, session_.handled.substr(1));
    EXPECT_EQ(session_.handled.size(), 40U);
}

TEST_F(FrameNoticeTest, BeginsAgainWithEachRead) {
    read(3);
    read(3);
    EXPECT_EQ(session_.announced, "bcef");
}

TEST_F(FrameNoticeTest, AsksASessionThatWantsNothingNowAndThen) {
    session_.wants = false;
    read(64);
    EXPECT_EQ(session_.asked, 4);
    EXPECT_TRUE(session_.shown.empty());
    EXPECT_EQ(session_.handled.size(), 64U);
}

}  // namespace
}  // namespace telex::server
