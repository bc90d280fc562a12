#include "reactor/mailbox.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace telex::reactor {
namespace {

const WorkMeter kUnlimited{};

void push_task(Mailbox& mailbox, std::unique_ptr<Task> task) {
    if (mailbox.push(std::move(task))) {
        mailbox.wake();
    }
}

template <class Function>
void push(Mailbox& mailbox, Function function) {
    push_task(mailbox, std::make_unique<FunctionTask<Function>>(std::move(function)));
}

bool wakes(const Mailbox& mailbox) {
    pollfd wait{mailbox.descriptor(), POLLIN, 0};
    return ::poll(&wait, 1, 0) == 1;
}

TEST(Mailbox, RunsTasksInTheOrderOfTheirSender) {
    Mailbox mailbox;
    std::vector<int> ran;
    for (int i = 0; i < 5; ++i) {
        push(mailbox, [&ran, i] { ran.push_back(i); });
    }
    EXPECT_EQ(mailbox.run_pending(kUnlimited), 5U);
    EXPECT_EQ(ran, (std::vector<int>{0, 1, 2, 3, 4}));
    EXPECT_EQ(mailbox.run_pending(kUnlimited), 0U);
}

TEST(Mailbox, LeavesWhatComesMeanwhileToTheNextCall) {
    Mailbox mailbox;
    int ran = 0;
    push(mailbox, [&] {
        ++ran;
        push(mailbox, [&ran] { ++ran; });
    });
    EXPECT_EQ(mailbox.run_pending(kUnlimited), 1U);
    EXPECT_EQ(ran, 1);
    EXPECT_EQ(mailbox.run_pending(kUnlimited), 1U);
    EXPECT_EQ(ran, 2);
}

TEST(Mailbox, DoesNotWakeAnOwnerThatIsAwake) {
    Mailbox mailbox;
    push(mailbox, [] {});
    EXPECT_FALSE(wakes(mailbox));
}

TEST(Mailbox, WakesASleepingOwnerOnce) {
    Mailbox mailbox;
    ASSERT_TRUE(mailbox.prepare_to_sleep());
    push(mailbox, [] {});
    EXPECT_TRUE(wakes(mailbox));
    mailbox.acknowledge_wake();
    EXPECT_FALSE(wakes(mailbox));
    push(mailbox, [] {});
    EXPECT_FALSE(wakes(mailbox)) << "the owner is awake";
    EXPECT_EQ(mailbox.run_pending(kUnlimited), 2U);
}

// Nothing was written, so there is nothing to read.
TEST(Mailbox, AcceptsThatSomethingElseWokeTheOwner) {
    Mailbox mailbox;
    ASSERT_TRUE(mailbox.prepare_to_sleep());
    mailbox.acknowledge_wake();
    EXPECT_FALSE(mailbox.has_mail());
    push(mailbox, [] {});
    EXPECT_FALSE(wakes(mailbox)) << "the owner is awake";
    EXPECT_TRUE(mailbox.has_mail());
}

TEST(Mailbox, KeepsTheOwnerAwakeWhenSomethingWaits) {
    Mailbox mailbox;
    push(mailbox, [] {});
    EXPECT_FALSE(mailbox.prepare_to_sleep());
    push(mailbox, [] {});
    EXPECT_FALSE(wakes(mailbox));
}

TEST(Mailbox, LetsATaskSendItselfOn) {
    struct Traveller final : Task {
        Traveller(Mailbox& next, int& visits) : next_(next), visits_(visits) {}

        void run(std::unique_ptr<Task> self) override {
            if (++visits_ < 3) {
                push_task(next_, std::move(self));
            }
        }

        Mailbox& next_;
        int& visits_;
    };

    Mailbox mailbox;
    int visits = 0;
    push_task(mailbox, std::make_unique<Traveller>(mailbox, visits));
    while (mailbox.run_pending(kUnlimited) > 0) {
    }
    EXPECT_EQ(visits, 3);
}

TEST(Mailbox, StopsAtTheEndOfTheSliceAndGoesOnInOrder) {
    Mailbox mailbox;
    WorkMeter meter;
    std::vector<int> ran;
    for (int i = 0; i < 4; ++i) {
        push(mailbox, [&ran, &meter, i] {
            ran.push_back(i);
            meter.add(10);
        });
    }
    meter.begin_slice(15);
    EXPECT_EQ(mailbox.run_pending(meter), 2U);
    push(mailbox, [&ran] { ran.push_back(4); });
    EXPECT_TRUE(mailbox.has_mail());
    EXPECT_FALSE(mailbox.prepare_to_sleep()) << "two were taken and not run";
    meter.begin_slice(1);
    EXPECT_EQ(mailbox.run_pending(meter), 1U) << "one at least";
    meter.begin_slice(100);
    EXPECT_EQ(mailbox.run_pending(meter), 1U);
    EXPECT_EQ(mailbox.run_pending(meter), 1U);
    EXPECT_EQ(ran, (std::vector<int>{0, 1, 2, 3, 4}));
    EXPECT_TRUE(mailbox.prepare_to_sleep());
}

TEST(Mailbox, GoesOnWithATaskThatWasPutBackBeforeAllOthers) {
    struct Long final : Task {
        Long(Mailbox& mailbox, WorkMeter& meter, std::string& ran)
            : mailbox_(mailbox), meter_(meter), ran_(ran) {}

        void run(std::unique_ptr<Task> self) override {
            ran_ += 'l';
            meter_.add(10);
            if (--left_ > 0) {
                mailbox_.put_back(std::move(self));
            }
        }

        Mailbox& mailbox_;
        WorkMeter& meter_;
        std::string& ran_;
        int left_ = 3;
    };

    Mailbox mailbox;
    WorkMeter meter;
    std::string ran;
    push(mailbox, [&ran] { ran += 'a'; });
    push_task(mailbox, std::make_unique<Long>(mailbox, meter, ran));
    push(mailbox, [&ran] { ran += 'b'; });
    while (mailbox.has_mail()) {
        meter.begin_slice(10);
        mailbox.run_pending(meter);
        ran += ' ';
    }
    EXPECT_EQ(ran, "al l l b ");
}

TEST(Mailbox, DestroysTasksThatWerePutBack) {
    const auto captured = std::make_shared<int>(1);
    {
        Mailbox mailbox;
        WorkMeter meter;
        push(mailbox, [&meter] { meter.add(10); });
        push(mailbox, [captured] {});
        meter.begin_slice(10);
        EXPECT_EQ(mailbox.run_pending(meter), 1U);
        EXPECT_EQ(captured.use_count(), 2);
    }
    EXPECT_EQ(captured.use_count(), 1);
}

TEST(Mailbox, DestroysPendingTasks) {
    const auto captured = std::make_shared<int>(1);
    bool ran = false;
    {
        Mailbox mailbox;
        push(mailbox, [captured, &ran] { ran = true; });
        EXPECT_EQ(captured.use_count(), 2);
    }
    EXPECT_EQ(captured.use_count(), 1);
    EXPECT_FALSE(ran);
}

// The owner sleeps whenever it may: a lost wake-up would end this test by its time-out.
TEST(Mailbox, LosesNothingBetweenManySendersAndASleeper) {
    constexpr int kSenders = 4;
    constexpr int kEach = 5'000;
    Mailbox mailbox;
    std::vector<int> next(kSenders, 0);
    bool in_order = true;
    std::vector<std::thread> senders;
    for (int sender = 0; sender < kSenders; ++sender) {
        senders.emplace_back([&, sender] {
            for (int i = 0; i < kEach; ++i) {
                push(mailbox, [&, sender, i] {
                    in_order = in_order && next[static_cast<std::size_t>(sender)] == i;
                    next[static_cast<std::size_t>(sender)] = i + 1;
                });
            }
        });
    }
    std::size_t ran = 0;
    while (ran < kSenders * kEach) {
        if (mailbox.prepare_to_sleep()) {
            pollfd wait{mailbox.descriptor(), POLLIN, 0};
            ASSERT_EQ(::poll(&wait, 1, -1), 1);
        }
        mailbox.acknowledge_wake();
        ran += mailbox.run_pending(kUnlimited);
    }
    for (std::thread& sender : senders) {
        sender.join();
    }
    EXPECT_TRUE(in_order);
    EXPECT_EQ(next, std::vector<int>(kSenders, kEach));
}

}  // namespace
}  // namespace telex::reactor
