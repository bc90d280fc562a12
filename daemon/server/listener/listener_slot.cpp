#include "server/listener/listener_slot.hpp"

#include <utility>

namespace telex::server {

ListenerSlot::ListenerSlot(ListenerState& listener, std::string network)
    : listener_(&listener), network_(std::move(network)) {
    listener_->attach();
}

ListenerSlot::ListenerSlot(ListenerSlot&& other) noexcept
    : listener_(std::exchange(other.listener_, nullptr)),
      network_(std::move(other.network_)),
      held_(std::exchange(other.held_, Held::nothing)),
      in_pre_auth_(std::exchange(other.in_pre_auth_, false)),
      idle_slot_(std::move(other.idle_slot_)) {}

ListenerSlot::~ListenerSlot() {
    release();
    if (listener_ != nullptr) {
        listener_->detach();
    }
}

void ListenerSlot::take() {
    if (listener_ == nullptr) {
        return;
    }
    if (listener_->take_slot()) {
        held_ = Held::slot;
    }
    in_pre_auth_ = listener_->enter_pre_auth(network_.view());
}

bool ListenerSlot::enter_pre_auth() {
    in_pre_auth_ = listener_ != nullptr && listener_->enter_pre_auth(network_.view());
    return is_in_pre_auth();
}

void ListenerSlot::count_for(std::string network) {
    release();
    network_.assign(std::move(network));
}

bool ListenerSlot::take_reject_slot() {
    if (listener_->take_reject_slot()) {
        held_ = Held::reject_slot;
    }
    return held_ == Held::reject_slot;
}

void ListenerSlot::share(std::function<void()> leave, TimePoint now) {
    if (listener_ == nullptr) {
        return;
    }
    if (held_ != Held::slot) {
        if (!listener_->displace(now)) {
            return;
        }
        if (held_ == Held::reject_slot) {
            listener_->release_reject_slot();
        }
    }
    held_ = Held::idle_slot;
    idle_slot_ = std::make_unique<IdleSlot>(std::move(leave), now);
    listener_->add_idle_slot(*idle_slot_);
}

void ListenerSlot::leave_pre_auth() {
    if (std::exchange(in_pre_auth_, false)) {
        listener_->leave_pre_auth(network_.view());
    }
    network_.clear();
}

void ListenerSlot::release() {
    leave_pre_auth();
    switch (std::exchange(held_, Held::nothing)) {
        case Held::nothing:
            break;
        case Held::reject_slot:
            listener_->release_reject_slot();
            break;
        case Held::slot:
            listener_->release_slot();
            break;
        case Held::idle_slot:
            listener_->remove_idle_slot(*idle_slot_);
            break;
    }
}

std::optional<access::AttemptLimiter::Turn> ListenerSlot::take_turn(
    const std::string& source, TimePoint now
) {
    if (authenticator() == nullptr) {
        return access::AttemptLimiter::Turn{.at = now, .reserved = false};
    }
    return authenticator()->with_attempts([&](access::AttemptLimiter& attempts) {
        return attempts.take_turn(source, now);
    });
}

void ListenerSlot::give_back_turn() {
    if (authenticator() != nullptr) {
        authenticator()->with_attempts([](access::AttemptLimiter& attempts) {
            attempts.give_back_turn();
        });
    }
}

void ListenerSlot::note_failed_attempt(const std::string& source, TimePoint now, bool reserved) {
    if (authenticator() != nullptr) {
        authenticator()->with_attempts([&](access::AttemptLimiter& attempts) {
            attempts.has_failed(source, now, reserved);
        });
    }
}

bool ListenerSlot::check_password(
    std::string hash, std::string password, std::function<void(bool)> done
) {
    return authenticator()->password_checks().submit(
        std::move(hash), std::move(password), std::move(done)
    );
}

}  // namespace telex::server
