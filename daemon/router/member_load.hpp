#pragma once
// The state of a member of a queue group that all reactors share: whether it accepts a message now,
// and its load (docs/adr/0009-groups-that-share-the-work.md).
//
//   chooser (any reactor)  takes() -> load() of two -> claim(): one credit is taken -> assign()
//   chooser                takes() is false -> watch(): be notified when it may have changed
//   owner (its reactor)    grant(), give_back(), gain_room() -> take_watchers() -> notify them
//
// A claimed credit is exclusive: two reactors never assign the same credit. A message that is not
// chosen for a member with credit waits at a member, and is not claimed.
//
// Both records are shared by the routing tables of all reactors. "Any reactor" below means any
// thread; "owner" means the thread of the reactor that the member's connection lives on. The
// order of different atomics matters in one place only: watcher and owner each write and then read
// what the other writes (see watch), so these accesses are sequentially consistent.
#include "router/reactor_set.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace telex::router {

// One for each connection that has been a member of a group. Sizes are in bytes.
class alignas(64) ConnectionLoad {
public:
    // --- any reactor --------------------------------------------------------------------------
    // A message of this size was chosen for the connection.
    void assign(std::size_t bytes) { assigned_.fetch_add(bytes, std::memory_order_relaxed); }

    // A message of this size was chosen for the connection but did not reach its queue.
    void cancel(std::size_t bytes) { assigned_.fetch_sub(bytes, std::memory_order_relaxed); }

    // Returns true if the last write emptied its queue and it is not leaving.
    bool has_room() const { return room_.load(std::memory_order_seq_cst); }

    bool is_leaving() const { return leaving_.load(std::memory_order_relaxed); }

    // Bytes in flight to it or queued for its socket.
    std::uint64_t backlog() const;

    void note_watcher() { watched_.store(true, std::memory_order_seq_cst); }

    // --- owner --------------------------------------------------------------------------------
    // A message of this size, which was chosen for the connection, was queued.
    void arrive(std::size_t bytes) { arrived_ += bytes; }

    // Everything that arrived was written, except `queued` bytes.
    void settle(std::size_t queued) {
        queued_.store(queued, std::memory_order_relaxed);
        settled_.store(arrived_, std::memory_order_relaxed);
    }

    void lose_room() { room_.store(false, std::memory_order_seq_cst); }

    // Returns true if a reactor watches one of its members and must be notified.
    [[nodiscard]] bool gain_room();

    // Permanent.
    void leave() {
        leaving_.store(true, std::memory_order_relaxed);
        lose_room();
    }

private:
    std::atomic<std::uint64_t> assigned_{0};
    std::atomic<std::uint64_t> settled_{0};
    std::atomic<std::uint64_t> queued_{0};
    std::atomic<bool> room_{true};
    std::atomic<bool> leaving_{false};
    std::atomic<bool> watched_{false};
    std::uint64_t arrived_ = 0;  // accessed by the owner only
};

using ConnectionLoadPtr = std::shared_ptr<ConnectionLoad>;

// The constant part of a member.
struct MemberFacts {
    std::string group;
    ReactorIndex reactor = 0;
    std::uint64_t connection_key = 0;
    // Does not receive what its own connection publishes.
    bool no_echo = false;
    std::uint64_t credit = 0;        // at the start; 0: not limited
    std::uint64_t max_messages = 0;  // 0: no limit
};

// One for each subscription with a queue group.
class alignas(64) MemberLoad {
public:
    MemberLoad(MemberFacts facts, ConnectionLoadPtr connection);

    const MemberFacts& facts() const { return facts_; }

    ConnectionLoad& connection() const { return *connection_; }

    // --- any reactor --------------------------------------------------------------------------
    bool takes() const { return has_credit() && connection_->has_room(); }

    // Takes one credit. Returns false if there was none.
    [[nodiscard]] bool claim();

    // Returns the load in bytes, if a message has `bytes`: what is queued for the member or, if
    // that is more, what it has not acknowledged by credit; plus what it refused.
    std::uint64_t load(std::size_t bytes) const;

    // Registers `reactor`, which found that the member accepts nothing, to be notified when that
    // may have changed. Returns true if it accepts messages already.
    [[nodiscard]] bool watch(ReactorIndex reactor);

    // --- owner --------------------------------------------------------------------------------
    // The client grants this number of further messages. Call take_watchers next.
    void grant(std::uint64_t messages);
    // A claimed message was not delivered. Call take_watchers next.
    void give_back();
    // A delivery no longer counts towards max_messages. Call take_watchers next.
    void allow_one_more();
    // Replaces max_messages (0: no limit) after `delivered` deliveries. Messages in flight may
    // exceed it. Call take_watchers next.
    void set_max_messages(std::uint64_t max_messages, std::uint64_t delivered);
    // Replaces the remaining credit. Call take_watchers next.
    void set_credit(std::uint64_t messages);
    // The member could not accept a message of this size. The bytes count as load: otherwise a
    // member that drops everything would always be the least loaded.
    void refuse(std::size_t bytes);

    // The member accepted a message.
    void forgive() {
        if (refused_.load(std::memory_order_relaxed) != 0) {
            refused_.store(0, std::memory_order_relaxed);
        }
    }

    // Returns the reactors to notify that it may accept messages again, and clears them.
    ReactorSet take_watchers();

private:
    bool has_credit() const {
        return !limited_.load(std::memory_order_relaxed) ||
               taken_.load(std::memory_order_relaxed) < allowed_.load(std::memory_order_seq_cst);
    }

    void publish_allowance();

    const MemberFacts facts_;
    const ConnectionLoadPtr connection_;
    std::atomic<bool> limited_;  // by credit or max_messages: claims are counted
    std::atomic<bool> limited_by_credit_;
    std::atomic<std::uint64_t> taken_{0};
    std::atomic<std::uint64_t> allowed_{0};
    std::atomic<std::uint64_t> acknowledged_{0};
    std::atomic<std::uint64_t> refused_{0};
    std::atomic<std::uint64_t> watchers_{0};
    // Accessed by the owner only. The smaller of the last two is published in allowed_.
    std::uint64_t max_messages_;
    std::uint64_t by_credit_;
    std::uint64_t by_end_;
};

using MemberLoadPtr = std::shared_ptr<MemberLoad>;

// The number of messages of one reactor that wait for the members of one group. While it is not
// zero, later messages wait behind them, so that none overtakes. Shared with the reactors on which
// these messages are.
using WaitingLine = std::shared_ptr<std::atomic<std::uint64_t>>;

// One message in a line, until it has reached its member or is dropped. Moves with the message from
// reactor to reactor.
class WaitingTicket {
public:
    WaitingTicket() = default;

    explicit WaitingTicket(WaitingLine line) : line_(std::move(line)) {
        line_->fetch_add(1, std::memory_order_relaxed);
    }

    WaitingTicket(WaitingTicket&&) = default;

    WaitingTicket& operator=(WaitingTicket&& other) noexcept {
        give_up();
        line_ = std::move(other.line_);
        return *this;
    }

    ~WaitingTicket() { give_up(); }

private:
    void give_up() {
        if (line_) {
            line_->fetch_sub(1, std::memory_order_release);
            line_.reset();
        }
    }

    WaitingLine line_;
};

}  // namespace telex::router
