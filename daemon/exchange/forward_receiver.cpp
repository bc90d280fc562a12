#include "exchange/forward_receiver.hpp"

#include "exchange/forward_work.hpp"
#include "exchange/shard.hpp"

#include <string>
#include <utility>

namespace telex::exchange {

namespace {

// Maximum times that a message is passed on.
constexpr std::uint8_t kMaxHops = 8;

}  // namespace

void ForwardReceiver::receive(ForwardBatch& batch) {
    shard_.subscriptions().remove_ended();
    reactor::WorkMeter& work = shard_.reactor().work();
    while (!batch.is_done()) {
        const ForwardedMessage& item = batch.current();
        const bool is_run = item.kind == ForwardedMessage::Kind::run;
        if (is_run ? receive_run(batch, item) : receive(batch, item)) {
            work.add(
                reactor::work::kFrame * (is_run ? item.run_size : 1) +
                kReceivedMember * item.chosen_count
            );
            batch.advance();
        }
        if (work.slice_is_over()) {
            return;
        }
    }
}

bool ForwardReceiver::receive(ForwardBatch& batch, const ForwardedMessage& item) {
    RoutedMessage routed{
        item.message,
        &item.owner,
        item.subject,
        item.reply_to,
        item.publisher,
        item.account,
        item.traces
    };
    routed.awaits_reply = item.awaits_reply && item.chosen_count == 0;
    ForwardBatch::Progress& progress = batch.progress();
    const std::uint64_t accepted = accepted_or_passed_on();
    if (item.kind == ForwardedMessage::Kind::reply) {
        shard_.requests().take_reply(routed);
    }
    const bool done = !item.plain || receive_plain(batch, item, routed);
    if (done) {
        routed.reports_absence = item.reports_absence && !item.plain && item.chosen_count == 1;
        routed.awaits_reply = item.awaits_reply && !item.plain && item.chosen_count == 1;
        routed.hops = item.hops;
        for (ChosenMember& chosen : batch.chosen(item)) {
            progress.received = receive_chosen(chosen, routed) || progress.received;
        }
    }
    progress.accepted += accepted_or_passed_on() - accepted;
    if (done && item.confirmation != 0) {
        batch.add_receipt({item.confirmation, progress.accepted});
    }
    shard_.finish_routing();
    if (done && !progress.received && item.reports_absence && !item.reply_to.empty()) {
        shard_.requests().note_absence(item.reply_to);
    }
    return done;
}

bool ForwardReceiver::receive_run(ForwardBatch& batch, const ForwardedMessage& item) {
    ForwardBatch::Progress& progress = batch.progress();
    const reactor::WorkMeter& work = shard_.reactor().work();
    const broker::PublicationRun run = batch.run_of(item);
    while (progress.of_run < run.messages.size()) {
        const broker::PublicationRun rest = run.from(progress.of_run);
        std::size_t taken = 0;
        if (progress.cursor == nullptr) {
            taken = shard_.runs().receive({item.publisher, item.account}, rest);
        }
        if (taken == 0) {
            const wire::MessageView message = rest.message(0);
            RoutedMessage routed{
                message, rest.owner, message.subject, {}, item.publisher, item.account
            };
            const bool done = receive_plain(batch, item, routed);
            shard_.finish_routing();
            if (!done) {
                return false;
            }
            taken = 1;
        }
        progress.of_run += taken;
        if (progress.of_run < run.messages.size() && work.slice_is_over()) {
            return false;
        }
    }
    return true;
}

// In steps, if there are very many subscribers.
bool ForwardReceiver::receive_plain(
    ForwardBatch& batch, const ForwardedMessage& item, RoutedMessage& routed
) {
    router::RoutingTable& table = shard_.router().table(item.account);
    ForwardBatch::Progress& progress = batch.progress();
    const std::uint64_t publisher = item.publisher.key();
    if (progress.cursor == nullptr) {
        const auto route = table.route_plain(item.subject, publisher, router::Division::in_steps);
        if (!route->in_steps) {
            progress.received = !route->nobody();
            shard_.router().dispatch(*route, routed);
            return true;
        }
        progress.cursor = &table.begin_plain_steps(item.subject, publisher);
    }
    routed.awaits_reply = false;  // of many
    {
        const auto route = table.next_step(*progress.cursor);
        progress.received = !route->nobody() || progress.received;
        shard_.router().dispatch(*route, routed);
    }
    if (!progress.cursor->is_done()) {
        return false;
    }
    table.end_steps(*std::exchange(progress.cursor, nullptr));
    return true;
}

bool ForwardReceiver::receive_chosen(ChosenMember& chosen, RoutedMessage routed) {
    router::MemberLoad& load = *chosen.member;
    const std::string& group = load.facts().group;
    routed.ticket = &chosen.ticket;
    const bool may_pass_on = routed.hops < kMaxHops;
    router::Subscription* const here = shard_.router().table(routed.account).member_here(load);
    if (here == nullptr) {
        // The connection may have other members.
        load.connection().cancel(queued_size(routed.message));
        ++routed.hops;
        const bool passed_on =
            may_pass_on && shard_.router().route_group(routed, group, router::GroupChoice::anybody);
        if (!passed_on) {
            shard_.ledger().drop_unowned(DropReason::group_vanished, routed.message);
        }
        return passed_on;
    }
    auto& subscription = static_cast<ActiveSubscription&>(*here);
    if (chosen.claimed && !load.connection().has_room() && may_pass_on) {
        ++routed.hops;
        if (shard_.router().route_group(routed, group, router::GroupChoice::who_takes)) {
            load.connection().cancel(queued_size(routed.message));
            load.give_back();
            shard_.groups().notify_watchers(subscription);
            return true;
        }
    }
    shard_.router().give(subscription, chosen.claimed, std::move(chosen.ticket), routed);
    return true;
}

// A message that is passed on to another reactor counts as received there.
std::uint64_t ForwardReceiver::accepted_or_passed_on() const {
    return shard_.ledger().accepted() + shard_.counters().handed_over_messages;
}

}  // namespace telex::exchange
