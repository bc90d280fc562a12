#include "cli/subscriber/subscriber.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::chrono::milliseconds kDrainTime = std::chrono::seconds(5);
constexpr std::chrono::milliseconds kForever = std::chrono::hours(24 * 365);

}  // namespace

Subscriber::Subscriber(Client& client, MessageSink& sink, SignalWaiter& signals)
    : client_(client), sink_(sink), signals_(signals) {}

Subscriber::~Subscriber() {
    stop(false);
}

Expected<void> Subscriber::add(const std::string& filter, const SubscribeOptions& options) {
    auto subscription = client_.subscribe(filter, options);
    if (!subscription) {
        return tl::unexpected(std::move(subscription.error()));
    }
    followed_.push_back(std::make_unique<Followed>());
    followed_.back()->subscription = *std::move(subscription);
    return {};
}

void Subscriber::start() {
    for (const auto& followed : followed_) {
        followed->thread = std::thread([this, &followed = *followed] {
            follow(followed);
            signals_.notify();
        });
    }
}

void Subscriber::stop(bool drain) {
    for (const auto& followed : followed_) {
        if (!drain || !followed->subscription.drain(kDrainTime)) {
            // Fails only if the subscription has already ended.
            (void)followed->subscription.unsubscribe();
        }
    }
    for (const auto& followed : followed_) {
        if (followed->thread.joinable()) {
            followed->thread.join();
        }
    }
}

// Flushes when no message is waiting.
void Subscriber::follow(Followed& followed) {
    for (;;) {
        auto message = followed.subscription.try_next();
        if (!message) {
            if (!sink_.flush()) {
                return;
            }
            auto next = followed.subscription.next(kForever);
            if (!next) {
                if (next.error().code != Errc::subscription_ended) {
                    followed.error = next.error();
                }
                return;
            }
            message = *std::move(next);
        }
        if (!sink_.take(*message)) {
            // The end of the output is noticed by the caller.
            (void)sink_.flush();
            return;
        }
    }
}

std::optional<Error> Subscriber::error() const {
    for (const auto& followed : followed_) {
        if (followed->error) {
            return followed->error;
        }
    }
    return std::nullopt;
}

SubscriptionStatistics Subscriber::statistics() const {
    SubscriptionStatistics sum;
    for (const auto& followed : followed_) {
        const SubscriptionStatistics one = followed->subscription.statistics();
        sum.dropped += one.dropped;
        sum.dropped_by_exchange += one.dropped_by_exchange;
    }
    return sum;
}

}  // namespace telex::cli
