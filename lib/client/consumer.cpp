#include "client/consume_terms.hpp"
#include "client/core.hpp"
#include <telex/consumer.hpp>

#include <chrono>
#include <utility>

namespace telex {
namespace {

using client::RecordOutcome;

[[nodiscard]] Expected<void> settle(
    const Message& message,
    RecordOutcome outcome,
    std::chrono::milliseconds delay = std::chrono::milliseconds(0)
) {
    if (!message.place || delay < std::chrono::milliseconds(0)) {
        return tl::unexpected(
            Error{Errc::invalid_argument, "not a message of a consumer, or the delay is negative"}
        );
    }
    const auto subscription = message.place->subscription.lock();
    if (!subscription) {
        return tl::unexpected(Error{Errc::subscription_ended, "the consumer has ended"});
    }
    if (subscription->is_inherited()) {
        return tl::unexpected(client::inherited_error());
    }
    const auto core = subscription->core().lock();
    if (!core) {
        return tl::unexpected(Error{Errc::closed, "the client is closed"});
    }
    return core->acknowledge(*subscription, *message.place, outcome, delay);
}

}  // namespace

ConsumedMessage::ConsumedMessage(Message taken) : message(std::move(taken)) {
    if (message.place) {
        const wire::Position& position = message.place->position;
        sequence = position.sequence;
        time = std::chrono::system_clock::time_point(
            std::chrono::duration_cast<std::chrono::system_clock::duration>(
                std::chrono::nanoseconds(position.unix_nanoseconds)
            )
        );
        attempt = position.attempt;
        redelivered = position.redelivered;
    }
}

Expected<void> ConsumedMessage::ack() const {
    return settle(message, RecordOutcome::ack);
}

Expected<void> ConsumedMessage::nak(std::chrono::milliseconds delay) const {
    return settle(message, RecordOutcome::nak, delay);
}

Expected<void> ConsumedMessage::in_progress() const {
    return settle(message, RecordOutcome::progress);
}

Expected<void> ConsumedMessage::term() const {
    return settle(message, RecordOutcome::term);
}

Expected<ConsumedMessage> Consumer::next(std::chrono::milliseconds timeout) {
    auto message = subscription_.next(timeout);
    if (!message) {
        return tl::unexpected(std::move(message.error()));
    }
    return ConsumedMessage(*std::move(message));
}

std::optional<ConsumedMessage> Consumer::try_next() {
    auto message = next(std::chrono::milliseconds(0));
    return message ? std::optional(*std::move(message)) : std::nullopt;
}

}  // namespace telex
