#include "cli/requester/collect_replies.hpp"

#include "base/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <mutex>
#include <random>
#include <utility>

namespace telex::cli {
namespace {

using std::chrono::milliseconds;

// Filled on the client's callback thread.
class Inbox {
public:
    explicit Inbox(SignalWaiter& signals) : signals_(signals) {}

    void put(Message message) {
        const std::scoped_lock lock(mutex_);
        messages_.push_back(std::move(message));
        signals_.notify();
    }

    std::deque<Message> take_all() {
        const std::scoped_lock lock(mutex_);
        return std::exchange(messages_, {});
    }

private:
    SignalWaiter& signals_;
    std::mutex mutex_;
    std::deque<Message> messages_;
};

// Long enough that no other client chooses it by chance.
std::string reply_subject(const std::string& inbox) {
    std::random_device random;
    return fmt::format("{}.{:08x}{:08x}{:08x}", inbox, random(), random(), random());
}

milliseconds left_until(TimePoint deadline) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    return std::max(left, milliseconds(0));
}

}  // namespace

Expected<Collected> collect_replies(
    Client& client,
    SignalWaiter& signals,
    const CollectOptions& options,
    std::string_view payload,
    PublishOptions message,
    const std::function<bool(const Message&)>& take
) {
    Inbox inbox(signals);
    message.reply_to = reply_subject(options.inbox);
    const auto subscription = client.subscribe(message.reply_to, [&inbox](Message reply) {
        inbox.put(std::move(reply));
    });
    if (!subscription) {
        return tl::unexpected(subscription.error());
    }
    if (const auto sent = client.publish(options.subject, payload, message); !sent) {
        return tl::unexpected(sent.error());
    }
    const TimePoint deadline = Clock::now() + options.timeout;
    Collected collected;
    while (!options.max || collected.replies < *options.max) {
        collected.end = signals.wait(left_until(deadline));
        for (const Message& reply : inbox.take_all()) {
            ++collected.replies;
            if (!take(reply) || collected.replies == options.max) {
                return Collected{collected.replies, Wake::notified};
            }
        }
        if (collected.end != Wake::notified) {
            return collected;
        }
        if (client.status() == Status::closed) {
            return tl::unexpected(Error{Errc::closed, "the connection was lost"});
        }
    }
    return collected;
}

}  // namespace telex::cli
