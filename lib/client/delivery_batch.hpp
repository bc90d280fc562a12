#pragma once
// The messages of one read for handlers: still encoded, in one piece of memory, in their order.
// Consecutive messages of a subscription are a run, which refers to it once.
//
// Filled on the I/O thread, then passed to the callback thread as a whole: no allocation, reference
// or lock for a single message crosses the threads.
#include "base/bytes.hpp"
#include "client/pending_replies.hpp"
#include <telex/message.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace telex::client {

class SubscriptionState;
struct RecordPlace;

class DeliveryBatch {
public:
    bool empty() const { return deliveries_.empty(); }

    // The messages have at most `bytes` bytes together.
    void expect(std::size_t bytes) { expected_bytes_ = bytes; }

    // `pending_reply`: of a request; null for other messages. `place`: of a message of a consumer.
    void add(
        SubscriptionState& subscription,
        ByteView body,
        std::string_view reply_to,
        std::shared_ptr<PendingReply> pending_reply,
        std::shared_ptr<const RecordPlace> place
    );

    // Runs the handlers; leaves out the rest once `dropping` is true. Callback thread, once.
    void deliver(const std::atomic<bool>& dropping);

private:
    struct Delivery {
        std::size_t body_bytes;
        std::size_t reply_to_bytes;  // behind the body
        std::shared_ptr<PendingReply> pending_reply;
    };

    struct Run {
        std::shared_ptr<SubscriptionState> subscription;
        std::size_t end;  // in deliveries_
    };

    // Of a consumer.
    void deliver_record(
        SubscriptionState& subscription,
        std::size_t at,
        Delivery& delivery,
        std::shared_ptr<const RecordPlace> place
    );
    [[nodiscard]] Message message_at(std::size_t at, Delivery& delivery);
    [[nodiscard]] Message content_at(std::size_t at, const Delivery& delivery);

    std::size_t expected_bytes_ = 0;
    std::string bytes_;
    std::vector<Delivery> deliveries_;
    std::vector<Run> runs_;
    // Of the messages of consumers, in their order.
    std::vector<std::shared_ptr<const RecordPlace>> places_;
};

}  // namespace telex::client
