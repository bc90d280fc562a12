#include "router/member_load.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace telex::router {

namespace {

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

std::uint64_t or_unlimited(std::uint64_t number) {
    return number == 0 ? kUnlimited : number;
}

void add_saturated(std::uint64_t& sum, std::uint64_t more) {
    sum = sum > kUnlimited - more ? kUnlimited : sum + more;
}

// The two are not read at the same instant, so `smaller` may have overtaken `larger`.
std::uint64_t difference(std::uint64_t larger, std::uint64_t smaller) {
    return larger > smaller ? larger - smaller : 0;
}

}  // namespace

std::uint64_t ConnectionLoad::backlog() const {
    const std::uint64_t settled = settled_.load(std::memory_order_relaxed);
    return difference(assigned_.load(std::memory_order_relaxed), settled) +
           queued_.load(std::memory_order_relaxed);
}

bool ConnectionLoad::gain_room() {
    if (room_.load(std::memory_order_relaxed) || leaving_.load(std::memory_order_relaxed)) {
        return false;
    }
    room_.store(true, std::memory_order_seq_cst);
    return watched_.exchange(false, std::memory_order_seq_cst);
}

MemberLoad::MemberLoad(MemberFacts facts, ConnectionLoadPtr connection)
    : facts_(std::move(facts)),
      connection_(std::move(connection)),
      limited_(facts_.credit != 0 || facts_.max_messages != 0),
      limited_by_credit_(facts_.credit != 0),
      max_messages_(facts_.max_messages),
      by_credit_(or_unlimited(facts_.credit)),
      by_end_(or_unlimited(facts_.max_messages)) {
    publish_allowance();
}

void MemberLoad::publish_allowance() {
    allowed_.store(std::min(by_credit_, by_end_), std::memory_order_seq_cst);
}

bool MemberLoad::claim() {
    if (!limited_.load(std::memory_order_relaxed)) {
        return true;
    }
    std::uint64_t taken = taken_.load(std::memory_order_relaxed);
    do {
        if (taken >= allowed_.load(std::memory_order_relaxed)) {
            return false;
        }
    } while (!taken_.compare_exchange_weak(taken, taken + 1, std::memory_order_relaxed));
    return true;
}

std::uint64_t MemberLoad::load(std::size_t bytes) const {
    std::uint64_t load = connection_->backlog();
    if (limited_by_credit_.load(std::memory_order_relaxed)) {
        const std::uint64_t acknowledged = acknowledged_.load(std::memory_order_relaxed);
        load = std::max(
            load, difference(taken_.load(std::memory_order_relaxed), acknowledged) * bytes
        );
    }
    return load + refused_.load(std::memory_order_relaxed);
}

// The watcher sets its bit, then reads the state; the owner changes the state, then reads the bits.
// At least one of them sees what the other wrote.
bool MemberLoad::watch(ReactorIndex reactor) {
    connection_->note_watcher();
    watchers_.fetch_or(std::uint64_t{1} << reactor, std::memory_order_seq_cst);
    return takes();
}

ReactorSet MemberLoad::take_watchers() {
    if (watchers_.load(std::memory_order_seq_cst) == 0) {
        return {};
    }
    return ReactorSet(watchers_.exchange(0, std::memory_order_seq_cst));
}

void MemberLoad::grant(std::uint64_t messages) {
    if (!limited_by_credit_.load(std::memory_order_relaxed)) {
        return;
    }
    const std::uint64_t taken = taken_.load(std::memory_order_relaxed);
    std::uint64_t acknowledged = acknowledged_.load(std::memory_order_relaxed);
    add_saturated(acknowledged, messages);
    acknowledged_.store(std::min(acknowledged, taken), std::memory_order_relaxed);
    add_saturated(by_credit_, messages);
    publish_allowance();
}

void MemberLoad::give_back() {
    acknowledged_.fetch_add(1, std::memory_order_relaxed);
    add_saturated(by_credit_, 1);
    add_saturated(by_end_, 1);
    publish_allowance();
}

void MemberLoad::allow_one_more() {
    add_saturated(by_end_, 1);
    publish_allowance();
}

void MemberLoad::set_max_messages(std::uint64_t max_messages, std::uint64_t delivered) {
    if (max_messages == 0) {
        by_end_ = kUnlimited;
    } else if (max_messages_ == 0) {
        by_end_ = taken_.load(std::memory_order_relaxed);
        add_saturated(by_end_, difference(max_messages, delivered));
    } else if (max_messages > max_messages_) {
        add_saturated(by_end_, max_messages - max_messages_);
    } else {
        by_end_ = difference(by_end_, max_messages_ - max_messages);
    }
    max_messages_ = max_messages;
    publish_allowance();
    limited_.store(true, std::memory_order_relaxed);
}

void MemberLoad::set_credit(std::uint64_t messages) {
    by_credit_ = taken_.load(std::memory_order_relaxed);
    add_saturated(by_credit_, messages);
    publish_allowance();
    limited_by_credit_.store(true, std::memory_order_relaxed);
    limited_.store(true, std::memory_order_relaxed);
}

void MemberLoad::refuse(std::size_t bytes) {
    refused_.fetch_add(bytes, std::memory_order_relaxed);
}

}  // namespace telex::router
