#include "app/signal_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace telex::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SignalSourceTest : public ::testing::Test {
protected:
    ~SignalSourceTest() override { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

    static sigset_t mask() {
        sigset_t now;
        pthread_sigmask(SIG_SETMASK, nullptr, &now);
        return now;
    }

    static void send(int number) { ASSERT_EQ(::kill(::getpid(), number), 0); }

    // The calls of the handlers, in order.
    std::vector<std::string> taken() {
        context_.poll();
        return std::exchange(calls_, {});
    }

    sigset_t before_ = mask();
    std::vector<std::string> calls_;
    asio::io_context context_;
    SignalSource source_{
        context_,
        {.stop = [this](int number) { calls_.push_back("stop " + std::to_string(number)); },
         .reload =
             [this] {
                 calls_.emplace_back("reload");
                 during_reload_();
             }}
    };
    std::function<void()> during_reload_ = [] {};
};

TEST_F(SignalSourceTest, TellsNothingWithoutASignal) {
    EXPECT_THAT(taken(), IsEmpty());
}

TEST_F(SignalSourceTest, TellsTheNumberOfAStop) {
    send(SIGINT);
    EXPECT_THAT(taken(), ElementsAre("stop 2"));
    send(SIGTERM);
    EXPECT_THAT(taken(), ElementsAre("stop 15"));
}

TEST_F(SignalSourceTest, ReloadsOnceForManyHangups) {
    for (int i = 0; i < 1000; ++i) {
        send(SIGHUP);
    }
    EXPECT_THAT(taken(), ElementsAre("reload"));
}

TEST_F(SignalSourceTest, ReloadsOnceMoreForThoseDuringAReload) {
    during_reload_ = [this] {
        during_reload_ = [] {};
        send(SIGHUP);
        send(SIGHUP);
    };
    send(SIGHUP);
    EXPECT_THAT(taken(), ElementsAre("reload", "reload"));
}

TEST_F(SignalSourceTest, StopsBeforeItReloads) {
    send(SIGHUP);
    send(SIGTERM);
    EXPECT_THAT(taken(), ElementsAre("stop 15", "reload"));
}

TEST_F(SignalSourceTest, AStopDuringAReloadGoesBeforeTheNext) {
    during_reload_ = [] {
        send(SIGHUP);
        send(SIGTERM);
    };
    send(SIGHUP);
    context_.run_one();
    during_reload_ = [] {};
    EXPECT_THAT(taken(), ElementsAre("reload", "stop 15", "reload"));
}

}  // namespace
}  // namespace telex::app
