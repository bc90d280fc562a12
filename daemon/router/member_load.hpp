#pragma once
// State of a queue group's member that all reactors share: whether it accepts a message now, and
// its load (docs/adr/0009-groups-that-share-the-work.md).
//
//   chooser (any reactor)  takes() -> load() of two -> claim(): one credit is taken -> assign()
//   chooser                takes() is false -> watch(): be notified when it may have changed
//   owner (its reactor)    grant(), give_back(), gain_room() -> take_watchers() -> tells them
//
// A claimed credit is exclusive: two reactors never assign the same credit. A message that is not
// chosen for a member with credit waits at a member, and is not claimed.
//
// Both records are shared by the routing tables of all reactors. "Any reactor" below means any
// thread; "owner" means the thread of the reactor that the member's connection lives on. No order
// between different atomics is relied on, but for one: what a watcher writes and what an owner
// writes are read crosswise (see watch), so these are sequentially consistent.
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

    // A message of this size that was chosen for it is not in its queue after all.
    void cancel(std::size_t bytes) { assigned_.fetch_sub(bytes, std::memory_order_relaxed); }

    // Its socket took all that it got the last time, and it is not about to leave.
    bool has_room() const { return room_.load(std::memory_order_seq_cst); }

    bool is_leaving() const { return leaving_.load(std::memory_order_relaxed); }

    // Bytes in flight to it or queued for its socket.
    std::uint64_t backlog() const;

    void note_watcher() { watched_.store(true, std::memory_order_seq_cst); }

    // --- owner --------------------------------------------------------------------------------
    // A message of this size that was chosen for it has come into its queue.
    void arrive(std::size_t bytes) { arrived_ += bytes; }

    // All that has come is in the `queued` bytes, or written.
    void settle(std::size_t queued) {
        queued_.store(queued, std::memory_order_relaxed);
        settled_.store(arrived_, std::memory_order_relaxed);
    }

    void lose_room() { room_.store(false, std::memory_order_seq_cst); }

    // Returns true if a reactor watches one of its members and must be notified.
    [[nodiscard]] bool gain_room();

    // For good.
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
    std::uint64_t arrived_ = 0;  // the owner's
};

using ConnectionLoadPtr = std::shared_ptr<ConnectionLoad>;

// The constant part of a member.
struct MemberFacts {
    std::string group;
    ReactorIndex reactor = 0;
    std::uint64_t connection_key = 0;
    // Does not see what its own connection publishes.
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

    // How much it has to do, in bytes, when a message has `bytes`: what is queued for it, or what
    // it has not acknowledged by credit if that is more, and what it could not carry.
    std::uint64_t load(std::size_t bytes) const;

    // `reactor` found that the member accepts nothing, and is notified when that may have changed.
    // Returns true if the state has changed meanwhile.
    [[nodiscard]] bool watch(ReactorIndex reactor);

    // --- owner --------------------------------------------------------------------------------
    // The client grants this number of further messages. Call take_watchers next.
    void grant(std::uint64_t messages);
    // A claimed message was not given to it. To be followed by take_watchers.
    void give_back();
    // A delivery does not count towards max_messages after all. To be followed by take_watchers.
    void allow_one_more();
    // Replaces max_messages, 0 for no limit, when `delivered` of them have been delivered. Messages
    // that are already on their way may exceed it. To be followed by take_watchers.
    void set_max_messages(std::uint64_t max_messages, std::uint64_t delivered);
    // Replaces the remaining credit. Call take_watchers next.
    void set_credit(std::uint64_t messages);
    // It could not accept a message of this size: these bytes count as queued, or a member that
    // drops everything would always be the least loaded.
    void refuse(std::size_t bytes);

    // It has taken a message.
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
    // The owner's. The smaller one of the last two is allowed.
    std::uint64_t max_messages_;
    std::uint64_t by_credit_;
    std::uint64_t by_end_;
};

using MemberLoadPtr = std::shared_ptr<MemberLoad>;

// The messages of one reactor that wait for the members of one group: while there are any, what
// comes later goes behind them, or it would overtake them. The count is shared with the reactors
// that these messages are on.
using WaitingLine = std::shared_ptr<std::atomic<std::uint64_t>>;

// The place of one message in a line, until it has reached its member or is dropped. Moves with
// the message, over reactors.
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
