#include "exchange/attachment.hpp"

#include "exchange/detachable_client.hpp"
#include "exchange/routed_message.hpp"
#include "exchange/shard.hpp"

#include <utility>

namespace telex::exchange {

Attachment::Attachment(Shard& here, Shard& home, Client& client, OnEnd on_end)
    : client_(client),
      on_end_(std::move(on_end)),
      link_(std::make_shared<AttachmentLink>(AttachmentLink{.home = home, .here = here})) {
    link_->attachment = this;
}

Attachment::~Attachment() {
    detach();
    link_->here.reactor().forget(*this);
}

void Attachment::detach() {
    if (!attached()) {
        return;
    }
    link_->attachment = nullptr;
    received_.clear();
    if (is_local()) {
        DetachableClient::note_detached(link_);
    } else {
        link_->home.reactor().post([link = link_] { DetachableClient::note_detached(link); });
    }
}

void Attachment::end(AttachmentEnd reason) {
    const OnEnd notify = std::move(on_end_);
    detach();
    if (notify) {
        notify(reason);
    }
}

void Attachment::resume() {
    paused_ = false;
    link_->here.reactor().run_at_end(*this);
}

void Attachment::run_turn_work() {
    if (!attached()) {
        return;
    }
    if (!is_local()) {
        hand_over_received();
    } else if (link_->client != nullptr) {
        link_->client->run_turn_work();
    }
}

broker::SendResult Attachment::hand_over(const QueuedItem& item) {
    if (item.outcome) {
        item.outcome(client_);
        return {};
    }
    // The publisher has gone on: it cannot be paused for this message.
    broker::Subscription subscription;
    subscription.id = item.subscription;
    subscription.slow_policy = item.slow_policy;
    const auto admitted = client_.admit(subscription, queued_size(item.message.message), {});
    // Without a key: the client has counted the delivery, the connection cannot take it back.
    return admitted ? client_.deliver(item.message.delivery(item.subscription, 0)) : admitted;
}

void Attachment::receive(std::vector<QueuedItem> items) {
    for (QueuedItem& item : items) {
        received_.push_back(std::move(item));
    }
    hand_over_received();
}

void Attachment::hand_over_received() {
    AttachmentReceipt receipt;
    while (!paused_ && !received_.empty()) {
        const QueuedItem item = std::move(received_.front());
        received_.pop_front();
        ++receipt.items;
        if (const auto sent = hand_over(item); !sent) {
            receipt.faults.push_back({item.key, sent.error().reason});
        }
    }
    if (receipt.items == 0) {
        return;
    }
    link_->home.reactor().post([link = link_, receipt = std::move(receipt)] {
        if (link->client != nullptr) {
            link->client->note_handed_over(*link, receipt);
        }
    });
}

}  // namespace telex::exchange
