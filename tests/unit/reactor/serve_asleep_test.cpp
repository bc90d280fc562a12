// A reactor runs the mail that it sent to one that sleeps.
#include "reactor/reactor.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <future>
#include <latch>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace telex::reactor {
namespace {

struct Write final : TurnWork {
    explicit Write(std::function<void()> what) : run(std::move(what)) {}

    void run_turn_work() override { run(); }

    std::function<void()> run;
};

class ServeAsleep : public ::testing::Test {
protected:
    ServeAsleep() {
        sender_.start();
        sleeper_.start();
        run_on(sender_, [&] { sender_thread_ = std::this_thread::get_id(); });
    }

    bool on_sender() const { return std::this_thread::get_id() == sender_thread_; }

    template <class Function>
    static std::unique_ptr<Task> task(Function function) {
        return std::make_unique<FunctionTask<Function>>(std::move(function));
    }

    // Runs `function` on a reactor and waits for it.
    static void run_on(Reactor& reactor, const std::function<void()>& function) {
        std::promise<void> done;
        reactor.post([&] {
            function();
            done.set_value();
        });
        done.get_future().wait();
    }

    // Sends `function` from one reactor to the other, which was awake just now, and waits until it
    // has run. Returns whether the sender ran it.
    bool send(const std::function<void()>& function) {
        run_on(sleeper_, [] {});
        std::promise<bool> served;
        sender_.post([&] {
            sleeper_.post_task_from(sender_, task([&] {
                                        function();
                                        served.set_value(on_sender());
                                    }));
        });
        return served.get_future().get();
    }

    // Until the sender was the one to run it: whether the other one sleeps is a matter of luck.
    void send_asleep(const std::function<void()>& function) {
        while (!send(function)) {
        }
    }

    Reactor sender_{0};
    Reactor sleeper_{1};
    std::thread::id sender_thread_;
};

// Writes that mail asks for; each counts itself down.
class Writes {
public:
    Writes(Reactor& of, std::thread::id sender, int count) : of_(of) {
        for (int i = 0; i < count; ++i) {
            writes_.push_back(std::make_unique<Write>([this, sender] {
                served_ += std::this_thread::get_id() == sender ? 1 : 0;
                left_->count_down();
            }));
        }
    }

    // In a task of the reactor.
    void ask() {
        for (const auto& write : writes_) {
            of_.run_at_end(*write);
        }
    }

    // Before ask().
    void expect() { left_.emplace(static_cast<std::ptrdiff_t>(writes_.size())); }

    void wait() { left_->wait(); }

    int served() const { return served_; }

private:
    Reactor& of_;
    std::vector<std::unique_ptr<Write>> writes_;
    std::optional<std::latch> left_;
    std::atomic<int> served_{0};
};

TEST_F(ServeAsleep, RunsMailAndItsWritesAndTheEndOfTheTurn) {
    Writes writes(sleeper_, sender_thread_, 16);
    int ends = 0;  // of turns on the sender's thread
    run_on(sleeper_, [&] { sleeper_.on_turn_end([&] { ends += on_sender() ? 1 : 0; }); });
    for (bool served = false; !served;) {
        writes.expect();
        served = send([&] { writes.ask(); });
        writes.wait();
        EXPECT_EQ(writes.served(), served ? 16 : 0);
    }
    run_on(sleeper_, [&] {
        EXPECT_EQ(ends, 1);
        sleeper_.on_turn_end({});
    });
}

TEST_F(ServeAsleep, LeavesManyWritesToTheOwner) {
    Writes writes(sleeper_, sender_thread_, 17);
    for (bool served = false; !served;) {
        writes.expect();
        served = send([&] { writes.ask(); });
        writes.wait();
        EXPECT_EQ(writes.served(), 0);
    }
    run_on(sleeper_, [] {});  // the last write has returned
}

TEST_F(ServeAsleep, DestroysWhatIsRetiredAfterTheSleep) {
    struct Object final : Retirable {
        Object(std::promise<bool>& to, std::thread::id by) : gone(&to), sender(by) {}

        ~Object() override { gone->set_value(std::this_thread::get_id() == sender); }

        std::promise<bool>* gone;
        std::thread::id sender;
    };

    bool served = false;
    while (!served) {
        std::promise<bool> gone;
        served = send([&] { sleeper_.retire(std::make_unique<Object>(gone, sender_thread_)); });
        EXPECT_FALSE(gone.get_future().get()) << "the poller of the owner may still name it";
    }
}

TEST_F(ServeAsleep, AStopEndsTheOwnersThread) {
    send_asleep([] {});
    std::promise<void> stopped;
    sender_.post([&] {
        sleeper_.post_task_from(sender_, task([&] {
                                    sleeper_.stop();
                                    stopped.set_value();
                                }));
    });
    stopped.get_future().wait();
    sleeper_.join();
}

// Mail to and fro touches plain variables, while a third thread sends as well.
TEST_F(ServeAsleep, OneThreadAtATime) {
    constexpr int kRounds = 5'000;

    struct Owned {
        int touched = 0;
        bool inside = false;
    };

    Owned of_sender;
    Owned of_sleeper;
    const auto touch = [](Owned& owned) {
        EXPECT_FALSE(std::exchange(owned.inside, true));
        ++owned.touched;
        owned.inside = false;
    };
    std::promise<void> done;
    std::function<void(int)> round = [&](int left) {
        touch(of_sender);
        if (left == 0) {
            done.set_value();
            return;
        }
        sleeper_.post_task_from(sender_, task([&, left] {
                                    touch(of_sleeper);
                                    sender_.post_task_from(sleeper_, task([&, left] {
                                                               round(left - 1);
                                                           }));
                                }));
    };
    sender_.post([&] { round(kRounds); });
    for (int i = 0; i < kRounds; ++i) {
        sleeper_.post([&] { touch(of_sleeper); });
    }
    done.get_future().wait();
    run_on(sleeper_, [&] { EXPECT_EQ(of_sleeper.touched, 2 * kRounds); });
    run_on(sender_, [&] { EXPECT_EQ(of_sender.touched, kRounds + 1); });
}

}  // namespace
}  // namespace telex::reactor
