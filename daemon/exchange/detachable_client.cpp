#include "exchange/detachable_client.hpp"

#include "exchange/routed_message.hpp"
#include "exchange/shard.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace telex::exchange {

DetachableClient::DetachableClient(Shard& home, DetachableOptions options)
    : shard_(home), options_(options), detached_at_(home.reactor().now()) {
    port_.join();
}

DetachableClient::~DetachableClient() {
    end(DropReason::connection_lost);
}

// --- attachments --------------------------------------------------------------------------------

void DetachableClient::attach(const AttachmentLinkPtr& link) {
    if (ended_) {
        close(link, AttachmentEnd::client_ended);
        return;
    }
    if (link->gone || link->client != nullptr) {
        return;
    }
    link->client = this;
    link->serial = ++last_serial_;
    if (current_ == nullptr) {
        current_ = link;
        schedule();
        return;
    }
    const AttachmentLinkPtr waiting = std::exchange(next_, link);
    if (waiting == nullptr) {
        close(AttachmentLinkPtr(current_), AttachmentEnd::taken_over);
    } else {  // it has got nothing, and current_ is being closed
        waiting->client = nullptr;
        close(waiting, AttachmentEnd::taken_over);
    }
}

// The attachment replies by note_detached.
void DetachableClient::close(const AttachmentLinkPtr& link, AttachmentEnd reason) {
    const auto finish = [link, reason] {
        if (link->attachment != nullptr) {
            link->attachment->end(reason);
        }
    };
    if (&link->here == &link->home) {
        finish();
    } else {
        link->here.reactor().post(finish);
    }
}

void DetachableClient::note_detached(const AttachmentLinkPtr& link) {
    link->gone = true;
    if (DetachableClient* const client = std::exchange(link->client, nullptr); client != nullptr) {
        client->lose(*link);
    }
}

void DetachableClient::lose(const AttachmentLink& link) {
    if (next_.get() == &link) {
        next_.reset();
    }
    if (current_.get() != &link) {
        return;
    }
    current_ = std::exchange(next_, nullptr);
    queue_.return_sent(current_ == nullptr ? 0 : current_->serial);
    if (current_ != nullptr) {
        schedule();
        return;
    }
    detached_at_ = shard_.reactor().now();
    port_.lose_room();
}

bool DetachableClient::expire(TimePoint now) {
    if (!attached() && options_.expiry && now - detached_at_ >= *options_.expiry) {
        end(DropReason::expired);
    }
    return ended_;
}

void DetachableClient::end(DropReason reason) {
    if (std::exchange(ended_, true)) {
        return;
    }
    for (AttachmentLinkPtr* const held : {&current_, &next_}) {
        if (const AttachmentLinkPtr link = std::exchange(*held, nullptr); link != nullptr) {
            link->client = nullptr;
            close(link, AttachmentEnd::client_ended);
        }
    }
    queue_.return_sent(0);
    while (!queue_.empty()) {
        drop(queue_.take_next(), reason);
    }
    port_.leave(reason);
    shard_.reactor().forget(*this);
}

// --- messages -----------------------------------------------------------------------------------

// The queue is empty, and the connection takes the next message at once.
bool DetachableClient::passes_directly() const {
    return current_ != nullptr && is_local() && queue_.empty() && current_->attachment->ready();
}

broker::Admission DetachableClient::admit(
    const broker::Subscription& subscription, std::size_t bytes, ClientId publisher
) {
    if (passes_directly()) {
        return current_->attachment->client().admit(subscription, bytes, publisher);
    }
    return make_room(subscription, bytes) ? broker::Admission() : not_sent(DropReason::slow_newest);
}

bool DetachableClient::make_room(const broker::Subscription& subscription, std::size_t bytes) {
    const bool tight = shard_.account().tight();
    const std::size_t limit = tight ? std::min(bytes_, options_.max_bytes) : options_.max_bytes;
    if (bytes > limit) {
        return false;
    }
    const bool may_drop = subscription.slow_policy == v1::SLOW_POLICY_DROP_OLDEST;
    while (messages_ >= options_.max_messages || bytes_ + bytes > limit) {
        const bool dropped =
            may_drop &&
            (drop_oldest() || port_.drop_held(subscription.id, DropReason::slow_oldest));
        if (!dropped) {
            return false;
        }
    }
    return true;
}

// Messages on their way to another reactor cannot be dropped.
bool DetachableClient::drop_oldest() {
    const auto oldest = queue_.take_oldest_message();
    if (oldest) {
        drop(*oldest, DropReason::slow_oldest);
    }
    return oldest.has_value();
}

void DetachableClient::drop(const QueuedItem& item, DropReason reason) {
    forget(item);
    if (!item.outcome) {
        port_.uncount_delivery(item.key, reason);
    }
}

broker::SendResult DetachableClient::deliver(const broker::Delivery& delivery) {
    schedule();
    if (passes_directly()) {
        broker::Delivery direct = delivery;
        direct.key = 0;  // see Attachment::hand_over
        return current_->attachment->client().deliver(direct);
    }
    QueuedItem item;
    item.message = StoredMessage::keep(delivery.message, delivery.owner, delivery.reply_to);
    item.subscription = delivery.subscription;
    item.key = delivery.key;
    if (const auto* found = port_.record().find_subscription(delivery.subscription)) {
        item.slow_policy = found->slow_policy;
    }
    item.size = queued_size(delivery.message);
    // With its place in the queue, which grows to twice what it needs.
    item.memory = 2 * sizeof(QueuedItem) + item.message.memory();
    charge(item.size, item.memory);
    port_.queued().add(1);
    queue_.push(std::move(item));
    return {};
}

void DetachableClient::forget(const QueuedItem& item) {
    if (!item.outcome) {
        release(item.size, item.memory);
        port_.queued().remove(1);
    }
}

void DetachableClient::charge(std::size_t size, std::size_t memory) {
    ++messages_;
    bytes_ += size;
    shard_.account().charge(memory);
}

void DetachableClient::release(std::size_t size, std::size_t memory) {
    --messages_;
    bytes_ -= size;
    shard_.account().release(memory);
}

void DetachableClient::charge_held(std::size_t bytes) {
    charge(bytes, bytes);
}

void DetachableClient::release_held(std::size_t bytes) {
    release(bytes, bytes);
}

// --- to the attachment --------------------------------------------------------------------------

void DetachableClient::run_turn_work() {
    if (current_ != nullptr && next_ == nullptr) {
        if (is_local()) {
            hand_over_directly();
        } else {
            send_batch();
        }
    }
    if (queue_.empty()) {
        queue_.shrink();
    }
    const bool has_room = current_ != nullptr && next_ == nullptr && queue_.all_in_flight();
    port_.note_queue(bytes_, has_room);
}

void DetachableClient::hand_over_directly() {
    Attachment& attachment = *current_->attachment;
    while (attachment.ready() && !queue_.empty()) {
        const QueuedItem item = queue_.take_next();
        forget(item);
        if (const auto sent = attachment.hand_over(item); !sent) {
            port_.uncount_delivery(item.key, sent.error().reason);
        }
    }
}

void DetachableClient::send_batch() {
    std::vector<QueuedItem> batch;
    while (!queue_.all_in_flight() &&
           (queue_.in_flight() == 0 || (queue_.in_flight() < options_.max_messages / 2 &&
                                        queue_.in_flight_bytes() < options_.max_bytes / 2))) {
        batch.push_back(queue_.send_next());
    }
    if (batch.empty()) {
        return;
    }
    current_->here.reactor().post([link = current_, batch = std::move(batch)]() mutable {
        if (link->attachment != nullptr) {
            link->attachment->receive(std::move(batch));
        }
    });
}

void DetachableClient::note_handed_over(
    const AttachmentLink& link, const AttachmentReceipt& receipt
) {
    if (current_.get() != &link) {
        return;
    }
    for (std::size_t i = 0; i < receipt.items; ++i) {
        forget(queue_.take_sent());
    }
    for (const AttachmentReceipt::Fault& fault : receipt.faults) {
        port_.uncount_delivery(fault.key, fault.reason);
    }
    schedule();
}

// --- outcomes -----------------------------------------------------------------------------------

// An outcome keeps its place among the messages.
void DetachableClient::add_outcome(std::function<void(Client&)> outcome) {
    schedule();
    if (!attached()) {
        return;
    }
    QueuedItem item;
    item.outcome = std::move(outcome);
    item.attachment = last_serial_;
    queue_.push(std::move(item));
}

broker::SendResult DetachableClient::on_reply(
    std::uint64_t /*request_id*/, const broker::Delivery& /*reply*/
) {
    return broker::not_sent(DropReason::late_answer);
}

void DetachableClient::on_request_failed(std::uint64_t request_id, v1::ErrorCode code) {
    add_outcome([=](Client& client) { client.on_request_failed(request_id, code); });
}

void DetachableClient::on_subscribed(std::uint64_t subscription) {
    add_outcome([=](Client& client) { client.on_subscribed(subscription); });
}

void DetachableClient::on_unsubscribed(
    std::uint64_t subscription, std::uint64_t delivered, std::uint64_t dropped
) {
    add_outcome([=](Client& client) { client.on_unsubscribed(subscription, delivered, dropped); });
}

void DetachableClient::on_flushed(std::uint64_t id) {
    add_outcome([=](Client& client) { client.on_flushed(id); });
}

void DetachableClient::on_published(std::uint64_t confirmation, std::uint64_t receivers) {
    add_outcome([=](Client& client) { client.on_published(confirmation, receivers); });
}

void DetachableClient::refuse(const broker::Refusal& refusal) {
    add_outcome([=](Client& client) { client.refuse(refusal); });
}

}  // namespace telex::exchange
