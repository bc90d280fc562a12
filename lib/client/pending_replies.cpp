#include "client/pending_replies.hpp"

#include "wire/reply_subject.hpp"

namespace telex::client {

std::shared_ptr<PendingReply> PendingReplies::add(std::string_view reply_to) {
    if (!reply_to.starts_with(wire::kReplyPrefix)) {
        return nullptr;
    }
    auto reply = std::make_shared<PendingReply>(shared_from_this());
    ++open_;
    return reply;
}

void PendingReplies::watch(std::function<void()> on_settled) {
    const std::scoped_lock lock(mutex_);
    on_settled_ = std::move(on_settled);
    watched_ = true;
}

void PendingReplies::end() {
    const std::scoped_lock lock(mutex_);
    watched_ = false;
    on_settled_ = nullptr;
}

void PendingReplies::settle() {
    if (--open_ != 0 || !watched_ || process_.is_inherited()) {
        return;
    }
    const std::scoped_lock lock(mutex_);
    if (on_settled_) {
        on_settled_();
    }
}

void PendingReply::settle() {
    if (!settled_.exchange(true)) {
        owner_->settle();
    }
}

}  // namespace telex::client
