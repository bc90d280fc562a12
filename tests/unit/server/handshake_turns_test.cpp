#include "server/connection/handshake_turns.hpp"

#include "support/memory_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace telex::server {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Le;

// One slice as a light one, and those of a busy one.
constexpr int kStepsPerTurn = 1 + reactor::ReadyQueue::kMaxShare / reactor::work::kHandshake;

class HandshakeTurnsTest : public ::testing::Test {
protected:
    struct Peer final : HandshakeTurns::Step {
        Peer(HandshakeTurnsTest& of, int number) : test(of), name(number) {}

        void run_handshake_step() override {
            test.ran_.push_back(name);
            ++test.steps_in_turn_[test.reactor_.turns()];
            if (steps_left > 0) {
                --steps_left;
                test.turns_.add(*this);
            }
        }

        HandshakeTurnsTest& test;
        int name;
        int steps_left = 0;
    };

    std::vector<int> steps_per_turn() const {
        std::vector<int> steps;
        steps.reserve(steps_in_turn_.size());
        for (const auto& [turn, count] : steps_in_turn_) {
            steps.push_back(count);
        }
        return steps;
    }

    // Stops once nothing waits: a reactor that is asked to stop runs no further turn.
    void run_until_idle() {
        struct Watch final : reactor::TurnWork {
            explicit Watch(HandshakeTurnsTest& of) : test(of) {}

            void run_turn_work() override {
                if (test.turns_.waiting() == 0) {
                    test.reactor_.stop();
                } else {
                    test.reactor_.run_again(*this);
                }
            }

            HandshakeTurnsTest& test;
        } watch(*this);

        reactor_.run_again(watch);
        reactor_.start();
        reactor_.join();
    }

    reactor::Reactor reactor_{0};
    HandshakeTurns turns_{reactor_};
    std::vector<int> ran_;
    std::map<std::uint64_t, int> steps_in_turn_;
};

// A crowd of peers must not keep the reactor from its other connections.
TEST_F(HandshakeTurnsTest, RunAFewStepsInATurn) {
    constexpr int kPeers = 100;
    std::deque<Peer> peers;
    for (int i = 0; i < kPeers; ++i) {
        turns_.add(peers.emplace_back(*this, i));
    }
    run_until_idle();
    EXPECT_EQ(ran_.size(), kPeers);
    EXPECT_TRUE(std::ranges::is_sorted(ran_)) << "the first that was ready comes first";
    EXPECT_THAT(steps_per_turn(), Each(Le(kStepsPerTurn)));
}

TEST_F(HandshakeTurnsTest, QueueAPeerOnce) {
    Peer peer(*this, 7);
    turns_.add(peer);
    turns_.add(peer);
    EXPECT_EQ(turns_.waiting(), 1U);
    run_until_idle();
    EXPECT_THAT(ran_, ElementsAre(7));
}

TEST_F(HandshakeTurnsTest, QueueAPeerThatIsReadyAgainBehindTheOthers) {
    Peer first(*this, 1);
    Peer second(*this, 2);
    Peer third(*this, 3);
    first.steps_left = 1;
    for (Peer* const peer : {&first, &second, &third}) {
        turns_.add(*peer);
    }
    run_until_idle();
    EXPECT_THAT(ran_, ElementsAre(1, 2, 3, 1));
}

TEST_F(HandshakeTurnsTest, ForgetAPeerThatLeaves) {
    Peer stays(*this, 1);
    {
        Peer leaves(*this, 2);
        turns_.add(leaves);
        turns_.add(stays);
        turns_.forget(leaves);
    }
    run_until_idle();
    turns_.forget(stays);
    EXPECT_THAT(ran_, ElementsAre(1));
}

// The server's end of a stream whose handshake takes some steps.
class Handshaking final : public ByteStream {
public:
    struct Shared {
        const reactor::Reactor* reactor = nullptr;
        std::map<std::uint64_t, int> steps_in_turn;
    };

    Handshaking(std::unique_ptr<ByteStream> inner, Shared& shared)
        : inner_(std::move(inner)), shared_(shared) {}

    bool established() const override { return established_; }

    IoResult handshake() override {
        ++shared_.steps_in_turn[shared_.reactor->turns()];
        established_ = true;
        return {};
    }

    int descriptor() const override { return inner_->descriptor(); }

    bool keeps_packets() const override { return inner_->keeps_packets(); }

    std::size_t max_packet() const override { return inner_->max_packet(); }

    IoResult read(char* buffer, std::size_t size) override { return inner_->read(buffer, size); }

    IoResult peek() override { return inner_->peek(); }

    IoResult write(const iovec* vectors, std::size_t count) override {
        return inner_->write(vectors, count);
    }

    void finish_writing() override { inner_->finish_writing(); }

private:
    std::unique_ptr<ByteStream> inner_;
    Shared& shared_;
    bool established_ = false;
};

TEST(ConnectionHandshake, OfManyPeersTakesTurns) {
    constexpr std::size_t kPeers = 20;
    Handshaking::Shared shared;
    testing::MemoryServer server(1);
    shared.reactor = &server.shard(0).reactor();
    std::vector<testing::MemoryTelex> clients;
    std::vector<std::unique_ptr<ByteStream>> ends;
    for (std::size_t i = 0; i < kPeers; ++i) {
        testing::MemoryPair pair(false, {});
        clients.emplace_back(std::move(pair.client));
        ends.push_back(std::make_unique<Handshaking>(std::move(pair.server), shared));
    }
    server.adopt_all(std::move(ends));
    for (testing::MemoryTelex& client : clients) {
        client.open();
    }
    int steps = 0;
    for (const auto& [turn, count] : shared.steps_in_turn) {
        EXPECT_LE(count, kStepsPerTurn);
        steps += count;
    }
    EXPECT_EQ(steps, kPeers);
}

}  // namespace
}  // namespace telex::server
