// The turns of a reactor decide, not the time: the idle time is zero, or none is awaited.
#include "server/connection/pause_watch.hpp"

#include "codec/framing.hpp"
#include "protocols/raw/raw_options.hpp"
#include "support/memory_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace telex::server {
namespace {

using ::testing::ElementsAre;

class PauseWatchTest : public ::testing::Test, protected PauseWatch::Sender {
protected:
    using Found = PauseWatch::Found;

    // The results of the next turns; the reactor stops after the last.
    void expect_turns(std::vector<Found> found) { found_ = std::move(found); }

    void run() {
        reactor_.start();
        reactor_.join();
    }

    Found read_on() override {
        log_.emplace_back("read on");
        const Found found = found_[turns_++];
        if (found == Found::something) {
            watch_.received();
        }
        if (turns_ == found_.size()) {
            reactor_.stop();
        }
        return found;
    }

    void end_frame() override { log_.emplace_back("end of frame"); }

    reactor::Reactor reactor_{0};
    TurnTimers timers_{reactor_};
    PauseWatch watch_{reactor_, timers_, std::chrono::milliseconds(0), *this};
    std::vector<std::string> log_;

private:
    std::vector<Found> found_;
    std::size_t turns_ = 0;
};

TEST_F(PauseWatchTest, EndsAFrameAfterAPause) {
    expect_turns({Found::nothing});
    watch_.received();
    run();
    EXPECT_THAT(log_, ElementsAre("read on", "end of frame"));
}

TEST_F(PauseWatchTest, BeginsAgainWhenTheTurnFindsBytes) {
    expect_turns({Found::something, Found::something, Found::nothing});
    watch_.received();
    run();
    EXPECT_THAT(log_, ElementsAre("read on", "read on", "read on", "end of frame"));
}

TEST_F(PauseWatchTest, WaitsWhileNothingIsRead) {
    expect_turns({Found::held_back, Found::held_back, Found::nothing});
    watch_.received();
    run();
    EXPECT_THAT(log_, ElementsAre("read on", "read on", "read on", "end of frame"));
}

TEST_F(PauseWatchTest, StopsWithTheConnection) {
    // Another one, due at the same time, ends the run.
    PauseWatch other(reactor_, timers_, std::chrono::milliseconds(0), *this);
    expect_turns({Found::nothing});
    watch_.received();
    watch_.stop();
    other.received();
    run();
    EXPECT_THAT(log_, ElementsAre("read on", "end of frame"));
}

TEST_F(PauseWatchTest, RunsNoLongerThanItsOwner) {
    {
        PauseWatch gone(reactor_, timers_, std::chrono::milliseconds(0), *this);
        gone.received();
    }
    expect_turns({Found::nothing});
    watch_.received();
    run();
    EXPECT_THAT(log_, ElementsAre("read on", "end of frame"));
}

// --- of a connection -----------------------------------------------------------------------------

ListenerOptions echo_after_a_pause(std::chrono::milliseconds idle) {
    ListenerOptions options;
    options.protocol = "raw";
    options.session.protocol = session::raw::RawOptions{.request = "$SYS.echo"};
    options.framing.kind = codec::FramingKind::idle;
    options.framing.idle = idle;
    return options;
}

TEST(PauseOfASender, EndsAFrameOfAllThatHasCome) {
    testing::MemoryServer server(1, echo_after_a_pause(std::chrono::milliseconds(1)));
    testing::MemoryClient client = server.connect();
    for (const std::string text : {"one", "two"}) {
        server.at(0, [&] {  // both parts come in one turn
            client.send(text);
            client.send(text);
        });
        EXPECT_EQ(client.receive(), text + text);
    }
}

TEST(PauseOfASender, IsNotAwaitedAtTheEndOfTheStream) {
    testing::MemoryServer server(1, echo_after_a_pause(codec::kMaxIdle));
    testing::MemoryClient client = server.connect();
    client.send("last");
    client.finish();
    EXPECT_EQ(client.receive(), "last");
}

TEST(PauseOfASender, IsForgottenWithItsConnection) {
    testing::MemoryServer server(1, echo_after_a_pause(std::chrono::milliseconds(1)));
    testing::MemoryClient gone = server.connect();
    testing::MemoryClient client = server.connect();
    server.at(0, [&] {
        gone.send("unfinished");
        gone.vanish();
        client.send("whole");
    });
    EXPECT_EQ(client.receive(), "whole");
    server.settle();
    EXPECT_EQ(server.stats().connections(), 1U);
}

}  // namespace
}  // namespace telex::server
