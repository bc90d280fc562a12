#include "client/core.hpp"
#include <telex/subscription.hpp>

#include <functional>
#include <optional>
#include <utility>

namespace telex {
namespace {

Error ended() {
    return {Errc::subscription_ended, "an empty subscription handle"};
}

Error client_closed() {
    return {Errc::closed, "the client is closed"};
}

// Returns why a handle cannot be used.
std::optional<Error> fault_of(const client::SubscriptionState* state) {
    if (state == nullptr) {
        return ended();
    }
    return state->is_inherited() ? std::optional(client::inherited_error()) : std::nullopt;
}

}  // namespace

Subscription::Subscription(
    std::weak_ptr<client::Core> core, std::shared_ptr<client::SubscriptionState> state
)
    : core_(std::move(core)), state_(std::move(state)) {}

Subscription& Subscription::operator=(Subscription&& other) noexcept {
    if (this != &other) {
        (void)unsubscribe();  // fails only for an empty handle
        detach();
        core_ = std::move(other.core_);
        state_ = std::move(other.state_);
    }
    return *this;
}

Subscription::~Subscription() {
    (void)unsubscribe();  // fails only for an empty handle
    detach();
}

Expected<Message> Subscription::next(std::chrono::milliseconds timeout) {
    if (auto fault = fault_of(state_.get())) {
        return tl::unexpected(*std::move(fault));
    }
    return state_->next(client::deadline_after(timeout));
}

std::optional<Message> Subscription::try_next() {
    auto message = next(std::chrono::milliseconds(0));
    return message ? std::optional(*std::move(message)) : std::nullopt;
}

bool Subscription::notify_when_ready(std::function<void()> handler) {
    return !fault_of(state_.get()) && state_->notify_when_ready(std::move(handler));
}

Expected<void> Subscription::add_credit(std::uint64_t messages) {
    if (auto fault = fault_of(state_.get())) {
        return tl::unexpected(*std::move(fault));
    }
    const auto core = core_.lock();
    return core ? core->add_credit(state_, messages) : tl::unexpected(client_closed());
}

Expected<void> Subscription::unsubscribe() {
    if (auto fault = fault_of(state_.get())) {
        return tl::unexpected(*std::move(fault));
    }
    if (const auto core = core_.lock()) {
        core->unsubscribe(state_);
    } else {
        state_->end({Errc::subscription_ended, "unsubscribed"}, true);
    }
    return {};
}

Expected<void> Subscription::drain(std::chrono::milliseconds timeout) {
    if (auto fault = fault_of(state_.get())) {
        return tl::unexpected(*std::move(fault));
    }
    const auto core = core_.lock();
    return core ? core->drain(state_, client::deadline_after(timeout))
                : tl::unexpected(client_closed());
}

void Subscription::detach() {
    if (state_ && state_->is_inherited()) {
        client::leave_as_it_is(std::move(state_));
    }
    core_.reset();
    state_.reset();
}

bool Subscription::active() const {
    return !fault_of(state_.get()) && state_->phase() != client::SubscriptionState::Phase::ended;
}

std::string Subscription::filter() const {
    return state_ ? state_->filter() : std::string();
}

SubscriptionStatistics Subscription::statistics() const {
    return fault_of(state_.get()) ? SubscriptionStatistics{} : state_->statistics();
}

}  // namespace telex
