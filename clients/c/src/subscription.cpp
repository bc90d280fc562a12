// Subscriptions and their options.
#include "handles.hpp"
#include "keys.hpp"
#include "times.hpp"

#include <new>
#include <utility>

namespace telex::c {
namespace {

constexpr std::array<NumberRow<SubscribeOptions>, 8> kSubscribeNumbers{{
    {TELEX_SLOW_DISCONNECT,
     [](SubscribeOptions& options, std::int64_t value) {
         options.slow_policy = static_cast<SlowPolicy>(value);
     }},
    {kAnyNumber,
     [](SubscribeOptions& options, std::int64_t value) {
         options.credit = static_cast<std::uint64_t>(value);
     }},
    {1, [](SubscribeOptions& options, std::int64_t value) { options.automatic_credit = value == 1; }
    },
    {kAnyNumber,
     [](SubscribeOptions& options, std::int64_t value) {
         options.max_messages = static_cast<std::uint64_t>(value);
     }},
    {kAnyNumber,
     [](SubscribeOptions& options, std::int64_t value) {
         options.max_pending_messages = static_cast<std::size_t>(value);
     }},
    {kAnyNumber,
     [](SubscribeOptions& options, std::int64_t value) {
         options.max_pending_bytes = static_cast<std::size_t>(value);
     }},
    {kMaxTime,
     [](SubscribeOptions& options, std::int64_t value) {
         options.timeout = std::chrono::milliseconds(value);
     }},
    {1, [](SubscribeOptions& options, std::int64_t value) { options.wait = value == 1; }},
}};
static_assert(kSubscribeNumbers.size() == TELEX_SUBSCRIBE_WAIT);

constexpr std::array kSubscriptionCounters{
    &SubscriptionStatistics::received,
    &SubscriptionStatistics::delivered,
    &SubscriptionStatistics::dropped,
    &SubscriptionStatistics::pending_messages,
    &SubscriptionStatistics::pending_bytes,
    &SubscriptionStatistics::dropped_by_exchange,
};
static_assert(kSubscriptionCounters.size() == TELEX_SUBSCRIPTION_DROPPED_BY_EXCHANGE);

[[nodiscard]] Expected<Subscription> subscribe_with(
    Client& client,
    const char* filter,
    const SubscribeOptions& options,
    telex_message_handler handler,
    void* context
) {
    if (handler == nullptr) {
        return client.subscribe(filter, options);
    }
    const auto pass = [handler, context](const Message& message) {
        handler(context, handle_of(&message));
    };
    return client.subscribe(filter, pass, options);
}

}  // namespace
}  // namespace telex::c

using telex::c::fail;
using telex::c::fail_null;
using telex::c::guarded;
using telex::c::handle_of;
using telex::c::result_of;
using telex::c::time_or;

telex_subscribe_options* telex_subscribe_options_new(void) {
    return new (std::nothrow) telex_subscribe_options;
}

void telex_subscribe_options_free(telex_subscribe_options* options) {
    delete options;
}

int telex_subscribe_options_set_queue_group(
    telex_subscribe_options* options, const char* queue_group
) {
    if (options == nullptr || queue_group == nullptr) {
        return fail_null(options == nullptr ? "options" : "queue_group");
    }
    return guarded([&] {
        options->options.queue_group = queue_group;
        return TELEX_OK;
    });
}

int telex_subscribe_options_set_number(telex_subscribe_options* options, int key, int64_t value) {
    if (options == nullptr) {
        return fail_null("options");
    }
    return guarded([&] {
        return telex::c::set_number(telex::c::kSubscribeNumbers, options->options, key, value);
    });
}

int telex_subscribe(
    telex_client* client,
    const char* filter,
    const telex_subscribe_options* options,
    telex_message_handler handler,
    void* context,
    telex_subscription** subscription
) {
    if (subscription == nullptr) {
        return fail_null("subscription");
    }
    *subscription = nullptr;
    if (client == nullptr || filter == nullptr) {
        return fail_null(client == nullptr ? "client" : "filter");
    }
    return guarded([&]() -> int {
        auto made = telex::c::subscribe_with(
            client->client,
            filter,
            options == nullptr ? telex::SubscribeOptions() : options->options,
            handler,
            context
        );
        if (!made) {
            return fail(made.error());
        }
        *subscription = new telex_subscription{*std::move(made), filter};
        return TELEX_OK;
    });
}

void telex_subscription_free(telex_subscription* subscription) {
    delete subscription;
}

void telex_subscription_detach(telex_subscription* subscription) {
    if (subscription != nullptr) {
        subscription->subscription.detach();
        delete subscription;
    }
}

int telex_next(telex_subscription* subscription, int64_t timeout, telex_message** message) {
    if (message == nullptr) {
        return fail_null("message");
    }
    *message = nullptr;
    if (subscription == nullptr) {
        return fail_null("subscription");
    }
    return guarded([&]() -> int {
        auto next =
            subscription->subscription.next(time_or(timeout, std::chrono::milliseconds::max()));
        if (!next) {
            return fail(next.error());
        }
        *message = handle_of(new telex::Message(*std::move(next)));
        return TELEX_OK;
    });
}

int telex_subscription_add_credit(telex_subscription* subscription, uint64_t messages) {
    if (subscription == nullptr) {
        return fail_null("subscription");
    }
    return guarded([&] { return result_of(subscription->subscription.add_credit(messages)); });
}

int telex_unsubscribe(telex_subscription* subscription) {
    if (subscription == nullptr) {
        return fail_null("subscription");
    }
    return guarded([&] { return result_of(subscription->subscription.unsubscribe()); });
}

int telex_subscription_drain(telex_subscription* subscription, int64_t timeout) {
    if (subscription == nullptr) {
        return fail_null("subscription");
    }
    return guarded([&] {
        return result_of(subscription->subscription.drain(time_or(timeout, std::chrono::seconds(30))
        ));
    });
}

int telex_subscription_active(const telex_subscription* subscription) {
    return subscription != nullptr && subscription->subscription.active() ? 1 : 0;
}

const char* telex_subscription_filter(const telex_subscription* subscription) {
    return subscription == nullptr ? "" : subscription->filter.c_str();
}

uint64_t telex_subscription_statistic(const telex_subscription* subscription, int key) {
    const auto* const member = telex::c::row_of(telex::c::kSubscriptionCounters, key);
    return subscription == nullptr || member == nullptr
               ? 0
               : subscription->subscription.statistics().**member;
}
