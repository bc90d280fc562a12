#include "exchange/message_runs.hpp"

#include "exchange/shard.hpp"

#include <algorithm>
#include <cstdint>

namespace telex::exchange {

namespace {

// More subscribers on another reactor may be too much work for one step there.
constexpr std::uint64_t kMostElsewhere = 64;
// Of a run, beyond which it takes no more messages: what is under way to another reactor is
// measured after each run.
constexpr std::size_t kMostBytes = 64U << 10U;

std::uint64_t deliveries_of(const router::Route& route) {
    return route.plain.size() + route.forwards.size() + route.elsewhere;
}

// Whether it would get this number of bytes at once, and nothing else would happen.
bool takes(const router::Subscription& target, std::size_t bytes) {
    const auto& subscription = static_cast<const ActiveSubscription&>(target);
    return !subscription.ended && !subscription.hides_some && !subscription.limited_by_credit &&
           subscription.max_messages == 0 && subscription.record().traces() == 0 &&
           subscription.client().has_room_for(bytes);
}

}  // namespace

std::size_t MessageRuns::publish(const ClientRecord& from, const broker::PublicationRun& run) {
    const std::size_t count = route({from.id(), from.account()}, run);
    shard_.counters().received_messages += count;
    return count;
}

std::size_t MessageRuns::route(const Source& source, const broker::PublicationRun& run) {
    MessageRouter& router = shard_.router();
    router::RoutingTable& table = router.table(source.account);
    if (!shard_.tracer().idle() || router.shares_subjects() ||
        !table.is_repeated(run.subject, source.publisher.key())) {
        return 0;
    }
    const auto route = table.route(run.subject, source.publisher.key(), 0);
    if (route->elsewhere > kMostElsewhere) {
        return 0;
    }
    const broker::PublicationRun some = acceptable(*route, run);
    const std::size_t count = some.messages.size();
    if (count == 0) {
        return 0;
    }
    Counters& counters = shard_.counters();
    counters.unrouted_messages += route->nobody() ? count : 0;
    shard_.ledger().top_subjects().count(run.subject, shard_.reactor().turns(), count);
    shard_.reactor().work().add(reactor::work::kDelivery * deliveries_of(*route) * count);
    deliver(*route, source, some);
    forward(*route, source, some);
    return count;
}

std::size_t MessageRuns::receive(const Source& source, const broker::PublicationRun& run) {
    const auto route =
        shard_.router()
            .table(source.account)
            .route_plain(run.subject, source.publisher.key(), router::Division::in_steps);
    if (route->in_steps) {
        return 0;
    }
    const broker::PublicationRun some = acceptable(*route, run);
    const std::size_t count = some.messages.size();
    shard_.reactor().work().add(
        reactor::work::kNode * (route->visited + route->considered) +
        reactor::work::kDelivery * route->plain.size() * count
    );
    deliver(*route, source, some);
    return count;
}

broker::PublicationRun MessageRuns::acceptable(
    const router::Route& route, const broker::PublicationRun& run
) const {
    namespace work = reactor::work;
    const std::uint64_t each = work::kFrame + work::kDelivery * deliveries_of(route);
    const std::uint64_t fitting = shard_.reactor().work().slice_left() / each;
    const std::size_t most =
        std::min<std::uint64_t>(run.messages.size(), std::max<std::uint64_t>(fitting, 1));
    std::size_t count = 0;
    std::size_t bytes = 0;
    while (count < most && bytes < kMostBytes) {
        bytes += queued_size(run.messages[count++].body.size());
    }
    const bool all_take = std::ranges::all_of(route.plain, [&](const router::Subscription* target) {
        return takes(*target, bytes);
    });
    return run.first(all_take ? count : 0);
}

void MessageRuns::deliver(
    const router::Route& route, const Source& source, const broker::PublicationRun& run
) {
    for (router::Subscription* const target : route.plain) {
        deliver(static_cast<ActiveSubscription&>(*target), source, run);
    }
}

void MessageRuns::deliver(
    ActiveSubscription& subscription, const Source& source, const broker::PublicationRun& run
) {
    const std::size_t taken =
        subscription.client().deliver_run({subscription.id, run, subscription.key});
    shard_.ledger().route(subscription, taken);
    shard_.ledger().deliver(subscription, taken);
    for (std::size_t i = taken; i < run.messages.size(); ++i) {
        const wire::MessageView message = run.message(i);
        shard_.router().deliver(
            subscription,
            {.message = message,
             .owner = run.owner,
             .subject = message.subject,
             .reply_to = {},
             .publisher = source.publisher,
             .account = source.account}
        );
    }
}

void MessageRuns::forward(
    const router::Route& route, const Source& source, const broker::PublicationRun& run
) {
    namespace work = reactor::work;
    const std::size_t count = run.messages.size();
    for (const router::ForwardTarget& target : route.forwards) {
        ForwardBatch& batch = shard_.forwarding().batch_for(target.reactor);
        batch.add_work(count * (work::kFrame + work::kDelivery * (route.elsewhere + 1)));
        ForwardedMessage& item = batch.add_run(run);
        item.publisher = source.publisher;
        item.account = source.account;
        shard_.counters().handed_over_messages += count;
        shard_.forwarding().send_if_full(target.reactor);
    }
}

}  // namespace telex::exchange
