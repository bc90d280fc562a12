// Messages of a detachable client whose connections come and go on all reactors: under load, and
// against a model.
#include "support/detachable.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace telex::exchange {
namespace {

using telex::testing::DetachableSession;
using telex::testing::PlainClient;
using telex::testing::RunningDetachable;

constexpr unsigned kReactorCount = 4;
constexpr int kNumbers = 3'000;

// One number per task, so that turns and batches interleave.
void publish_on(PlainClient& publisher, int index, int number) {
    publisher.shard.reactor().post([&publisher, index, number] {
        publisher.publish("load." + std::to_string(index), std::to_string(number));
        if (number + 1 < kNumbers) {
            publish_on(publisher, index, number + 1);
        }
    });
}

class UnderLoad {
public:
    explicit UnderLoad(DetachableOptions options) : detachable(kReactorCount, options) {}

    RunningDetachable detachable;
    std::vector<DetachableSession*> sessions;

    void start() {
        for (unsigned i = 0; i < kReactorCount; ++i) {
            publish_on(detachable.running.client(i), static_cast<int>(i), 0);
        }
    }

    // A connection attaches to reactor after reactor, and either detaches or is taken over.
    void come_and_go(std::uint64_t seed) {
        std::mt19937_64 random(seed);
        while (published() < std::uint64_t{kReactorCount} * kNumbers) {
            sessions.push_back(&detachable.session(random() % kReactorCount));
            DetachableSession& session = *sessions.back();
            session.attach(*detachable.client);
            const bool waits = random() % 2 == 0;
            while (waits && session.received() == 0 &&
                   published() < std::uint64_t{kReactorCount} * kNumbers) {
                std::this_thread::yield();
            }
            if (random() % 3 == 0) {
                session.pause();
            }
            if (random() % 2 == 0) {
                session.detach();
            }
        }
        sessions.push_back(&detachable.attached(random() % kReactorCount));
        while (detachable.queued() > 0) {
            std::this_thread::yield();
        }
        detachable.running.settle();
    }

    // The numbers of each publisher, in the order in which the connections received them.
    std::vector<std::vector<int>> received() {
        std::vector<std::vector<int>> numbers(kReactorCount);
        for (DetachableSession* session : sessions) {
            for (const std::string& note : session->notes()) {
                unsigned publisher = 0;
                int number = -1;
                EXPECT_EQ(std::sscanf(note.c_str(), "%*d load.%u=%d", &publisher, &number), 2)
                    << note;
                numbers.at(publisher).push_back(number);
            }
        }
        return numbers;
    }

private:
    std::uint64_t published() { return detachable.running.counters().received_messages; }
};

TEST(DetachableOrder, NothingIsLostOrDoubledOverManyConnections) {
    UnderLoad load({.max_messages = 1'000'000, .max_bytes = 1U << 30U});
    load.detachable.subscribe(1, "load.*");
    load.start();
    load.come_and_go(1);
    std::vector<int> all(kNumbers);
    std::generate(all.begin(), all.end(), [next = 0]() mutable { return next++; });
    for (const std::vector<int>& numbers : load.received()) {
        EXPECT_EQ(numbers, all);
    }
    EXPECT_EQ(load.detachable.charged(), 0U);
}

TEST(DetachableOrder, EveryMessageIsReceivedInOrderOrCountedAsDropped) {
    UnderLoad load({.max_messages = 40});
    load.detachable.subscribe(1, "load.0", v1::SLOW_POLICY_DROP_OLDEST);
    load.detachable.subscribe(2, "load.1", v1::SLOW_POLICY_DROP_NEWEST);
    load.detachable.subscribe(3, "load.2", v1::SLOW_POLICY_DROP_OLDEST);
    load.detachable.subscribe(4, "load.3", v1::SLOW_POLICY_DROP_NEWEST);
    load.start();
    load.come_and_go(2);
    std::uint64_t sum = 0;
    for (const std::vector<int>& numbers : load.received()) {
        EXPECT_TRUE(
            std::adjacent_find(numbers.begin(), numbers.end(), std::greater_equal<>()) ==
            numbers.end()
        );
        sum += numbers.size();
    }
    EXPECT_EQ(load.detachable.running.counters().taken_messages, sum);
    sum += load.detachable.running.dropped(DropReason::slow_oldest);
    sum += load.detachable.running.dropped(DropReason::slow_newest);
    EXPECT_EQ(sum, std::uint64_t{kReactorCount} * kNumbers);
    EXPECT_EQ(load.detachable.charged(), 0U);
}

// --- model --------------------------------------------------------------------------------------

// A detachable client as one list, in a world where every step is complete before the next.
struct Model {
    static constexpr std::size_t kMax = 8;

    struct Message {
        std::string note;
        bool drops_oldest;
    };

    std::deque<Message> queue;
    std::size_t in_flight = 0;
    bool attached = false;
    bool remote = false;
    bool paused = false;
    std::vector<std::string> received;  // by the current connection
    std::uint64_t dropped_oldest = 0;
    std::uint64_t dropped_newest = 0;

    void publish(const std::string& note, bool drops_oldest) {
        if (queue.size() == kMax) {
            if (!drops_oldest) {
                ++dropped_newest;
                return;
            }
            queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(in_flight));
            ++dropped_oldest;
        }
        queue.push_back({note, drops_oldest});
        pass_on();
    }

    void attach(bool to_remote) {
        attached = true;
        remote = to_remote;
        paused = false;
        in_flight = 0;
        received.clear();
        pass_on();
    }

    void detach() {
        attached = false;
        in_flight = 0;
    }

    void resume() {
        paused = false;
        pass_on();
    }

    void pass_on() {
        if (attached && !paused) {
            for (const Message& message : queue) {
                received.push_back(message.note);
            }
            queue.clear();
            in_flight = 0;
        } else if (attached && remote) {
            in_flight = std::max(in_flight, std::min(queue.size(), kMax / 2));
        }
    }
};

class ModelRun {
public:
    explicit ModelRun(std::uint64_t seed) : random_(seed) {
        for (unsigned i = 0; i < kReactorCount; ++i) {
            publishers_.push_back(&detachable_.running.client(i));
        }
        detachable_.subscribe(1, "oldest", v1::SLOW_POLICY_DROP_OLDEST);
        detachable_.subscribe(2, "newest", v1::SLOW_POLICY_DROP_NEWEST);
    }

    void step() {
        switch (random_() % 12) {
            case 0:
                attach();
                break;
            case 1:
                detach();
                break;
            case 2:
            case 3:
                pause();
                break;
            case 4:
                resume();
                break;
            default:
                publish();
        }
        detachable_.running.settle();
    }

    void compare() {
        EXPECT_EQ(detachable_.queued(), model_.queue.size());
        EXPECT_EQ(detachable_.running.dropped(DropReason::slow_oldest), model_.dropped_oldest);
        EXPECT_EQ(detachable_.running.dropped(DropReason::slow_newest), model_.dropped_newest);
        if (session_ != nullptr) {
            const auto fresh = session_->notes();
            received_.insert(received_.end(), fresh.begin(), fresh.end());
            EXPECT_EQ(received_, model_.received);
        }
        EXPECT_EQ(detachable_.charged() == 0, model_.queue.empty());
    }

private:
    void publish() {
        const bool oldest = random_() % 2 == 0;
        const std::string number = std::to_string(next_++);
        // Below and above the size that is copied.
        const std::string payload = random_() % 4 == 0 ? std::string(600, 'x') + number : number;
        detachable_.publish(
            *publishers_[random_() % kReactorCount], oldest ? "oldest" : "newest", payload
        );
        model_.publish((oldest ? "1 oldest=" : "2 newest=") + payload, oldest);
    }

    void attach() {
        session_ = &detachable_.session(random_() % kReactorCount);
        received_.clear();
        session_->attach(*detachable_.client);
        model_.attach(session_->reactor() != 0);
    }

    void detach() {
        if (model_.attached) {
            session_->detach();
            model_.detach();
        }
    }

    void pause() {
        if (model_.attached) {
            session_->pause();
            model_.paused = true;
        }
    }

    void resume() {
        if (model_.attached) {
            session_->resume();
            model_.resume();
        }
    }

    RunningDetachable detachable_{kReactorCount, {.max_messages = Model::kMax}};
    std::mt19937_64 random_;
    std::vector<PlainClient*> publishers_;
    DetachableSession* session_ = nullptr;
    std::vector<std::string> received_;
    Model model_;
    int next_ = 0;
};

TEST(DetachableOrder, BehavesAsTheModel) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        ModelRun run(seed);
        for (int step = 0; step < 60 && !::testing::Test::HasFailure(); ++step) {
            run.step();
            run.compare();
        }
        ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
    }
}

}  // namespace
}  // namespace telex::exchange
