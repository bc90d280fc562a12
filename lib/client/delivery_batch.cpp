#include "client/delivery_batch.hpp"

#include "client/incoming.hpp"
#include "client/subscription_state.hpp"

#include <utility>

namespace telex::client {

void DeliveryBatch::add(
    SubscriptionState& subscription,
    ByteView body,
    std::string_view reply_to,
    std::shared_ptr<PendingReply> pending_reply,
    std::shared_ptr<const RecordPlace> place
) {
    if (runs_.empty()) {
        bytes_.reserve(expected_bytes_);
    }
    if (runs_.empty() || runs_.back().subscription.get() != &subscription) {
        runs_.push_back({subscription.shared_from_this(), 0});
    }
    bytes_.append(body);
    bytes_.append(reply_to);
    deliveries_.push_back({body.size(), reply_to.size(), std::move(pending_reply)});
    runs_.back().end = deliveries_.size();
    if (place) {
        places_.push_back(std::move(place));
    }
}

// A message that is alone, perhaps a large one, gets the memory of the batch; but not much more
// than it needs.
Message DeliveryBatch::content_at(std::size_t at, const Delivery& delivery) {
    const ByteView bytes = ByteView(bytes_).substr(at);
    const std::string_view reply_to = bytes.substr(delivery.body_bytes, delivery.reply_to_bytes);
    if (deliveries_.size() == 1 && bytes_.capacity() / 2 <= delivery.body_bytes) {
        const std::string kept_reply_to(reply_to);
        bytes_.resize(delivery.body_bytes);
        return take_message(std::move(bytes_), kept_reply_to);
    }
    return to_message(bytes.substr(0, delivery.body_bytes), reply_to);
}

Message DeliveryBatch::message_at(std::size_t at, Delivery& delivery) {
    Message message = content_at(at, delivery);
    message.pending_reply = std::move(delivery.pending_reply);
    return message;
}

void DeliveryBatch::deliver_record(
    SubscriptionState& subscription,
    std::size_t at,
    Delivery& delivery,
    std::shared_ptr<const RecordPlace> place
) {
    if (subscription.is_stale(*place)) {
        subscription.skip(delivery.body_bytes);
        return;
    }
    subscription.run_callback(delivery.body_bytes, [&] {
        Message message = message_at(at, delivery);
        message.place = std::move(place);
        return message;
    });
}

void DeliveryBatch::deliver(const std::atomic<bool>& dropping) {
    std::size_t at = 0;
    std::size_t index = 0;
    std::size_t record = 0;
    for (const Run& run : runs_) {
        SubscriptionState& subscription = *run.subscription;
        subscription.begin_callbacks();
        for (; index < run.end; ++index) {
            Delivery& delivery = deliveries_[index];
            auto place = subscription.is_consumer() ? std::move(places_[record++]) : nullptr;
            if (dropping.load(std::memory_order_relaxed) || !subscription.wants_callback()) {
                // Nothing takes it.
            } else if (place) {
                deliver_record(subscription, at, delivery, std::move(place));
            } else {
                subscription.run_callback(delivery.body_bytes, [&] {
                    return message_at(at, delivery);
                });
            }
            at += delivery.body_bytes + delivery.reply_to_bytes;
        }
        subscription.end_callbacks();
    }
}

}  // namespace telex::client
