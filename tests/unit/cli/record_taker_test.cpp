// Messages of a consumer are acknowledged once they were written.
#include "cli/subscriber/record_taker.hpp"

#include "net/fd.hpp"
#include "unit/client/support.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace telex::cli {
namespace {

class RecordTakers : public ::testing::Test {
protected:
    RecordTakers() {
        std::signal(SIGPIPE, SIG_IGN);
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        reader_ = net::UniqueFd(ends[0]);
        writer_ = net::UniqueFd(ends[1]);
        output_ = std::make_unique<Output>(writer_.get());
    }

    void start(bool acknowledges, std::optional<std::uint64_t> count = {}) {
        sink_ = std::make_unique<MessageSink>(
            SinkOptions{.excluded = {}, .count = count, .dump = {}},
            [](const Message& message, const Arrival&) { return message.payload + "\n"; },
            *output_
        );
        auto consuming = test::meanwhile([&] { return pair_.client->consume("LOG", "workers"); });
        id_ = pair_.peer.read().consume().subscription();
        v1::Frame subscribed;
        subscribed.mutable_subscribed()->set_subscription(id_);
        pair_.peer.send(subscribed);
        taker_ =
            std::make_unique<RecordTaker>(consuming.get().value(), *sink_, signals_, acknowledges);
        taker_->start();
    }

    void deliver(std::uint64_t sequence) {
        v1::Frame frame;
        frame.set_subscription(id_);
        frame.mutable_message()->set_payload(std::to_string(sequence));
        frame.mutable_position()->set_sequence(sequence);
        pair_.peer.send(frame);
    }

    // Reads acknowledgements up to that of `last`.
    void expect_acknowledged(std::uint64_t last) {
        for (std::uint64_t through = 0; through < last;) {
            const v1::Acknowledge outcome = pair_.peer.read().acknowledge();
            ASSERT_EQ(outcome.sequence(), through + 1);
            through = std::max(outcome.sequence(), outcome.through());
        }
    }

    std::string printed(std::size_t bytes) const {
        std::string text(bytes, '\0');
        std::size_t size = 0;
        while (size < bytes) {
            const ssize_t more = ::read(reader_.get(), text.data() + size, bytes - size);
            if (more <= 0) {
                break;
            }
            size += static_cast<std::size_t>(more);
        }
        return text.substr(0, size);
    }

    net::UniqueFd reader_;
    net::UniqueFd writer_;
    std::unique_ptr<Output> output_;
    std::unique_ptr<MessageSink> sink_;
    SignalWaiter signals_;
    test::Pair pair_;
    std::uint64_t id_ = 0;
    std::unique_ptr<RecordTaker> taker_;
};

TEST_F(RecordTakers, AcknowledgeWhatWasWritten) {
    start(true);
    deliver(1);
    deliver(2);
    deliver(3);
    expect_acknowledged(3);
    EXPECT_EQ(printed(6), "1\n2\n3\n");
    taker_->stop();
    EXPECT_TRUE(pair_.peer.read().has_unsubscribe());
    EXPECT_FALSE(taker_->error());
}

TEST_F(RecordTakers, DoNotAcknowledgeWithoutBeingTold) {
    start(false);
    deliver(1);
    EXPECT_EQ(printed(2), "1\n");
    taker_->stop();
    EXPECT_TRUE(pair_.peer.read().has_unsubscribe());
}

TEST_F(RecordTakers, DoNotAcknowledgeWhatCouldNotBeWritten) {
    start(true);
    reader_ = net::UniqueFd();
    deliver(1);
    (void)signals_.wait();
    taker_->stop();
    EXPECT_TRUE(pair_.peer.read().has_unsubscribe());
}

TEST_F(RecordTakers, EndWithTheMessagesThatAreWanted) {
    start(true, 2);
    deliver(1);
    deliver(2);
    (void)signals_.wait();
    deliver(3);
    taker_->stop();
    expect_acknowledged(2);
    EXPECT_TRUE(pair_.peer.read().has_unsubscribe());
    EXPECT_EQ(printed(4), "1\n2\n");
}

TEST_F(RecordTakers, TellWhyTheConsumerEnded) {
    start(true);
    pair_.client->close();
    (void)signals_.wait();
    taker_->stop();
    ASSERT_TRUE(taker_->error());
    EXPECT_EQ(taker_->error()->code, Errc::closed);
}

}  // namespace
}  // namespace telex::cli
