#pragma once
// The replies that the application has still to send to the requests of one connection: a client
// whose server leaves stays until they are sent.
//
// A reply is pending from the arrival of its request until Client::respond, or until the last copy
// of the Message is destroyed, on whatever thread. Counted, not listed: each Message has its own
// share.
#include "client/process_mark.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

namespace telex::client {

class PendingReply;

class PendingReplies : public std::enable_shared_from_this<PendingReplies> {
public:
    // --- I/O thread ---------------------------------------------------------------------------
    // A message has arrived. Returns null if the exchange expects no reply: an ordinary subject for
    // replies is valid on every connection.
    [[nodiscard]] std::shared_ptr<PendingReply> add(std::string_view reply_to);
    // Calls `on_settled` whenever the last reply was sent or given up; under a lock, so it may only
    // post. Call it at most once.
    void watch(std::function<void()> on_settled);
    // The connection has ended: on_settled is no longer called.
    void end();

    // --- any thread ---------------------------------------------------------------------------
    bool empty() const { return open_ == 0; }

private:
    friend class PendingReply;

    void settle();

    const ProcessMark process_;
    // Both in one order with the other thread's: the last settle() is not missed.
    std::atomic<std::size_t> open_{0};
    std::atomic<bool> watched_{false};
    std::mutex mutex_;
    std::function<void()> on_settled_;  // guarded by the mutex
};

// The share of one Message. Any thread.
class PendingReply {
public:
    explicit PendingReply(std::shared_ptr<PendingReplies> owner) : owner_(std::move(owner)) {}

    PendingReply(const PendingReply&) = delete;
    PendingReply& operator=(const PendingReply&) = delete;

    ~PendingReply() { settle(); }

    // The reply was sent. Idempotent.
    void settle();

private:
    const std::shared_ptr<PendingReplies> owner_;
    std::atomic<bool> settled_{false};
};

}  // namespace telex::client
