#include "server/connection/connection_report.hpp"

#include "base/printable.hpp"
#include "log/log.hpp"
#include "router/routing_table.hpp"

#include <optional>
#include <utility>

namespace telex::server {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// Names that came from the peer are shown as they are in the log.
constexpr std::size_t kNameBytes = 256;

std::int64_t unix_nanoseconds(TimePoint when) {
    const auto ago = Clock::now() - when;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return duration_cast<nanoseconds>(now - ago).count();
}

std::optional<std::string> text_or_absent(std::string_view text) {
    return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

void add_drops(v1::ConnectionInfo& info, const exchange::DropTally* drops) {
    for (std::size_t i = 0; drops != nullptr && i < broker::kDropReasons; ++i) {
        const auto reason = static_cast<broker::DropReason>(i);
        if (const std::uint64_t count = drops->total(reason); count > 0) {
            (*info.mutable_dropped_by_reason())[std::string(broker::name_of(reason))] = count;
        }
    }
}

}  // namespace

std::uint64_t rank(const ConnectionFacts& facts, v1::ListConnections::Order order) {
    switch (order) {
        case v1::ListConnections::BY_PENDING_BYTES:
            return facts.pending_bytes;
        case v1::ListConnections::BY_RECEIVED_BYTES:
            return facts.bytes_in;
        case v1::ListConnections::BY_SENT_BYTES:
            return facts.bytes_out;
        case v1::ListConnections::BY_RECEIVED_BYTES_PER_SECOND:
            return facts.bytes_in_per_second;
        case v1::ListConnections::BY_SENT_BYTES_PER_SECOND:
            return facts.bytes_out_per_second;
        case v1::ListConnections::BY_SUBSCRIPTIONS:
            return facts.subscriptions;
        case v1::ListConnections::BY_DROPPED_MESSAGES:
            return facts.books.dropped;
        default:
            return ~facts.number;  // the oldest first
    }
}

v1::ConnectionInfo describe(const ConnectionFacts& facts) {
    v1::ConnectionInfo info;
    info.set_number(facts.number);
    info.set_listener(std::string(facts.listener));
    info.set_peer(printable(net::to_string(facts.peer->full()), {.max_bytes = kNameBytes}));
    info.set_protocol(std::string(facts.protocol));
    if (facts.user != nullptr) {
        info.set_user(facts.user->name);
    }
    info.set_client_name(printable(facts.client_name, {.max_bytes = kNameBytes}));
    info.set_tls(std::string(facts.security));
    info.set_reactor(facts.reactor);
    info.set_opened_unix_nanoseconds(unix_nanoseconds(facts.opened));
    info.set_idle_nanoseconds(duration_cast<nanoseconds>(facts.now - facts.last_active).count());
    info.set_received_frames(facts.frames_in);
    info.set_received_bytes(facts.bytes_in);
    info.set_sent_frames(facts.frames_out);
    info.set_sent_bytes(facts.bytes_out);
    info.set_received_bytes_per_second(facts.bytes_in_per_second);
    info.set_sent_bytes_per_second(facts.bytes_out_per_second);
    info.set_pending_bytes(facts.pending_bytes);
    info.set_subscriptions(facts.subscriptions);
    info.set_pending_requests(facts.pending_requests);
    info.set_routed_messages(facts.books.routed);
    info.set_delivered_messages(facts.books.delivered());
    info.set_dropped_messages(facts.books.dropped);
    info.set_held_messages(facts.books.held);
    info.set_queued_messages(facts.books.queued);
    info.set_paused_publishers(static_cast<std::uint32_t>(facts.paused_publishers));
    add_drops(info, facts.drops);
    return info;
}

v1::ConnectionInfo describe_closed(const ConnectionFacts& facts, const Lifecycle& lifecycle) {
    v1::ConnectionInfo info = describe(facts);
    info.set_closed_unix_nanoseconds(unix_nanoseconds(facts.now));
    info.set_close_reason(std::string(session::name_of(lifecycle.reason())));
    info.set_close_detail(printable(lifecycle.detail(), {.max_bytes = kNameBytes}));
    return info;
}

v1::SubscriptionInfo describe_subscription(
    const ConnectionFacts& facts,
    std::uint64_t id,
    const exchange::ActiveSubscription& subscription,
    std::string filter
) {
    v1::SubscriptionInfo info;
    info.set_connection(facts.number);
    info.set_id(id);
    info.set_filter(std::move(filter));
    info.set_queue_group(std::string(router::RoutingTable::group_of(subscription)));
    if (facts.user != nullptr) {
        info.set_user(facts.user->name);
        info.set_account(facts.user->account);
    }
    info.set_client_name(printable(facts.client_name, {.max_bytes = kNameBytes}));
    info.set_routed_messages(subscription.routed);
    info.set_delivered_messages(subscription.delivered);
    info.set_dropped_messages(subscription.dropped);
    info.set_held_messages(subscription.held.size());
    return info;
}

void log_expired_block(
    const broker::ClientLabel& who, const ConnectionFacts& facts, TimePoint::duration blocked
) {
    log::write(
        "block_expired",
        {{"connection", who.connection},
         {"listener", who.listener},
         {"peer", who.peer},
         {"uid", who.uid},
         {"pid", who.pid},
         {"user", who.user},
         {"publishers", facts.paused_publishers},
         {"blocked_ms", duration_cast<milliseconds>(blocked).count()},
         {"pending_bytes", facts.pending_bytes}}
    );
}

bool is_check(const ConnectionFacts& facts, const Lifecycle& lifecycle, const ByteStream& stream) {
    if (facts.bytes_in != 0) {
        return false;
    }
    const session::CloseReason reason = lifecycle.reason();
    const bool left = reason == session::CloseReason::client_closed ||
                      reason == session::CloseReason::client_reset;
    switch (stream.forwarding()) {
        case Forwarding::itself:
            return left || reason == session::CloseReason::tls_failed;
        case Forwarding::unnamed:  // version 1 has no other notation for a check
            return left;
        default:
            return false;
    }
}

namespace {

log::Level level_of_end(
    const ConnectionFacts& facts, const Lifecycle& lifecycle, const ByteStream& stream
) {
    if (is_check(facts, lifecycle, stream)) {
        return log::Level::debug;
    }
    const bool ordinary = lifecycle.reason() == session::CloseReason::client_closed ||
                          lifecycle.reason() == session::CloseReason::shutting_down;
    return ordinary ? log::Level::info : log::Level::warning;
}

}  // namespace

void log_end(
    const broker::ClientLabel& who,
    const ConnectionFacts& facts,
    const Lifecycle& lifecycle,
    const ByteStream& stream
) {
    const auto lasted = duration_cast<milliseconds>(facts.now - facts.opened);
    log::write(
        "connection_ended",
        level_of_end(facts, lifecycle, stream),
        {{"connection", who.connection},
         {"listener", who.listener},
         {"peer", who.peer},
         {"uid", who.uid},
         {"pid", who.pid},
         {"tls", text_or_absent(stream.tls_version())},
         {"certificate", text_or_absent(stream.certificate_name())},
         {"user", who.user},
         {"client", std::string(facts.client_name)},
         {"reason", session::name_of(lifecycle.reason())},
         {"detail", std::string(lifecycle.detail())},
         {"frames_in", facts.frames_in},
         {"bytes_in", facts.bytes_in},
         {"frames_out", facts.frames_out},
         {"bytes_out", facts.bytes_out},
         {"dropped", facts.books.dropped},
         {"seconds", static_cast<double>(lasted.count()) / 1000.0}}
    );
}

}  // namespace telex::server
