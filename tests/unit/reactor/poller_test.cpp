#include "reactor/poller.hpp"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace telex::reactor {
namespace {

struct Watched final : Pollable {
    explicit Watched(std::function<void()> reaction = [] {}) : on_event(std::move(reaction)) {}

    void on_ready(std::uint32_t events) override {
        ++calls;
        seen |= events;
        on_event();
    }

    void signal() const {
        const std::uint64_t one = 1;
        ASSERT_EQ(::write(fd.get(), &one, sizeof one), 8);
    }

    net::UniqueFd fd{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    std::function<void()> on_event;
    int calls = 0;
    std::uint32_t seen = 0;
};

int dispatch(Poller& poller) {
    const int seen = poller.wait(std::chrono::milliseconds(0));
    poller.handle();
    return seen;
}

TEST(Poller, TellsOfEachEdgeOnce) {
    Poller poller;
    Watched watched;
    ASSERT_TRUE(poller.add(watched.fd.get(), watched));
    EXPECT_EQ(dispatch(poller), 1) << "it can be written to";
    EXPECT_EQ(dispatch(poller), 0);
    watched.signal();
    EXPECT_EQ(dispatch(poller), 1);
    EXPECT_NE(watched.seen & EPOLLIN, 0U);
    EXPECT_EQ(dispatch(poller), 0) << "not read, but no new edge either";
    EXPECT_EQ(watched.calls, 2);
}

TEST(Poller, RefusesADescriptorThatIsNone) {
    Poller poller;
    Watched watched;
    EXPECT_FALSE(poller.add(-1, watched));
    EXPECT_EQ(errno, EBADF);
}

TEST(Poller, SaysNothingOfWhatWasRemoved) {
    Poller poller;
    Watched watched;
    ASSERT_TRUE(poller.add(watched.fd.get(), watched));
    poller.remove(watched.fd.get(), watched);
    watched.signal();
    EXPECT_EQ(dispatch(poller), 0);
    EXPECT_EQ(watched.calls, 0);
}

// Both are ready in one wait; whichever comes first removes the other.
TEST(Poller, WithdrawsEventsOfTheSameWait) {
    Poller poller;
    Watched first;
    Watched second;
    first.on_event = [&] { poller.remove(second.fd.get(), second); };
    second.on_event = [&] { poller.remove(first.fd.get(), first); };
    ASSERT_TRUE(poller.add(first.fd.get(), first));
    ASSERT_TRUE(poller.add(second.fd.get(), second));
    dispatch(poller);
    EXPECT_EQ(first.calls + second.calls, 1);
}

TEST(Poller, MayRemoveTheOneThatIsCalled) {
    Poller poller;
    Watched watched;
    watched.on_event = [&] { poller.remove(watched.fd.get(), watched); };
    ASSERT_TRUE(poller.add(watched.fd.get(), watched));
    dispatch(poller);
    watched.signal();
    EXPECT_EQ(dispatch(poller), 0);
    EXPECT_EQ(watched.calls, 1);
}

TEST(Poller, LeavesWhatIsTooMuchForOneWaitToTheNext) {
    Poller poller;
    std::vector<Watched> many(Poller::kEventsPerWait + 10);
    for (Watched& watched : many) {
        ASSERT_TRUE(poller.add(watched.fd.get(), watched));
    }
    EXPECT_EQ(dispatch(poller), Poller::kEventsPerWait);
    EXPECT_EQ(dispatch(poller), 10);
    for (const Watched& watched : many) {
        EXPECT_EQ(watched.calls, 1);
    }
}

TEST(Poller, WithdrawsTheEventsOfWhatWasRemovedWhileItSlept) {
    Poller poller;
    Watched removed;
    Watched kept;
    ASSERT_TRUE(poller.add(removed.fd.get(), removed));
    ASSERT_TRUE(poller.add(kept.fd.get(), kept));
    poller.begin_sleep();
    const int seen = poller.sleep(std::chrono::milliseconds(0));
    EXPECT_EQ(seen, 2);
    poller.remove(removed.fd.get(), removed);
    poller.end_sleep(seen);
    poller.handle();
    EXPECT_EQ(removed.calls, 0);
    EXPECT_EQ(kept.calls, 1);
}

TEST(Poller, TellsWhatWasAddedInThePlaceOfOneRemovedWhileItSlept) {
    Poller poller;
    Watched watched;
    ASSERT_TRUE(poller.add(watched.fd.get(), watched));
    poller.begin_sleep();
    poller.remove(watched.fd.get(), watched);
    ASSERT_TRUE(poller.add(watched.fd.get(), watched));
    poller.end_sleep(poller.sleep(std::chrono::milliseconds(0)));
    poller.handle();
    EXPECT_EQ(watched.calls, 1);
}

}  // namespace
}  // namespace telex::reactor
