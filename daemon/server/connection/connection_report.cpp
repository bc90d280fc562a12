// Connection: what is told about it, while it lasts and at its end.
#include "base/printable.hpp"
#include "log/log.hpp"
#include "router/routing_table.hpp"
#include "server/connection/connection.hpp"
#include "telex/v1/admin.pb.h"
#include "wire/errors.hpp"

#include <optional>
#include <string>
#include <utility>

namespace telex::server {

namespace {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;

// Names that came from the peer are shown as they are in the log.
constexpr std::size_t kNameBytes = 256;

std::optional<std::string> text_or_absent(std::string text) {
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

std::int64_t unix_nanoseconds(session::TimePoint when) {
    const auto ago = std::chrono::steady_clock::now() - when;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return duration_cast<nanoseconds>(now - ago).count();
}

}  // namespace

std::uint64_t Connection::rank(v1::ListConnections::Order order) const {
    switch (order) {
        case v1::ListConnections::BY_PENDING_BYTES:
            return pending_bytes();
        case v1::ListConnections::BY_RECEIVED_BYTES:
            return bytes_in_;
        case v1::ListConnections::BY_SENT_BYTES:
            return bytes_out_;
        case v1::ListConnections::BY_SUBSCRIPTIONS:
            return subscription_count();
        case v1::ListConnections::BY_DROPPED_MESSAGES:
            return broker_.record().dropped_messages();
        default:
            return ~number();  // the oldest first
    }
}

v1::ConnectionInfo Connection::describe() const {
    v1::ConnectionInfo info;
    info.set_number(number());
    info.set_listener(peer_.listener);
    info.set_peer(printable(peer_text_, {.max_bytes = kNameBytes}));
    info.set_protocol(settings_->options().protocol);
    if (user() != nullptr) {
        info.set_user(user()->name);
    }
    info.set_client_name(printable(client_name_, {.max_bytes = kNameBytes}));
    info.set_tls(security_);
    info.set_reactor(shard_.reactor().index());
    info.set_opened_unix_nanoseconds(unix_nanoseconds(opened_));
    info.set_idle_nanoseconds(
        duration_cast<nanoseconds>(shard_.reactor().now() - last_received_).count()
    );
    info.set_received_frames(frames_in_);
    info.set_received_bytes(bytes_in_);
    info.set_sent_frames(frames_out_);
    info.set_sent_bytes(bytes_out_);
    info.set_pending_bytes(pending_bytes());
    info.set_subscriptions(subscription_count());
    info.set_pending_requests(pending_requests());
    info.set_dropped_messages(broker_.record().dropped_messages());
    info.set_paused_publishers(static_cast<std::uint32_t>(paused_publishers_.size()));
    return info;
}

broker::ClientLabel Connection::label() const {
    broker::ClientLabel label{
        .connection = number_, .listener = peer_.listener, .peer = peer_text_
    };
    if (const auto credentials = net::credentials_of(stream_->descriptor())) {
        const net::Peer unnamed{net::UnixUnnamedPeer{}, *credentials};
        if (peer_text_ == net::to_string(unnamed)) {
            label.peer = "unix";  // the credentials are fields
        }
        label.uid = credentials->uid;
        label.pid = credentials->pid;
    }
    if (user() != nullptr) {
        label.user = user()->name;
    }
    return label;
}

v1::ConnectionInfo Connection::obituary() const {
    v1::ConnectionInfo info = describe();
    info.set_closed_unix_nanoseconds(unix_nanoseconds(shard_.reactor().now()));
    info.set_close_reason(std::string(session::name_of(close_reason_)));
    info.set_close_detail(printable(close_detail_, {.max_bytes = kNameBytes}));
    return info;
}

void Connection::for_each_filter(const FilterVisitor& visit) {
    for (const auto& [id, subscription] : broker_.record().subscriptions()) {
        visit(id, broker_.filter_of(subscription));
    }
}

v1::SubscriptionInfo Connection::describe_subscription(std::uint64_t id) {
    const exchange::ActiveSubscription& subscription = broker_.record().subscriptions().at(id);
    v1::SubscriptionInfo info;
    info.set_connection(number());
    info.set_id(id);
    info.set_filter(broker_.filter_of(subscription));
    info.set_queue_group(std::string(router::RoutingTable::group_of(subscription)));
    if (user() != nullptr) {
        info.set_user(user()->name);
        info.set_account(user()->account);
    }
    info.set_client_name(printable(client_name_, {.max_bytes = kNameBytes}));
    info.set_delivered_messages(subscription.delivered);
    info.set_dropped_messages(subscription.dropped);
    info.set_held_messages(subscription.held.size());
    return info;
}

void Connection::log_block(session::TimePoint now) const {
    const broker::ClientLabel who = label();
    log::write(
        "block_expired",
        {{"connection", who.connection},
         {"listener", who.listener},
         {"peer", who.peer},
         {"uid", who.uid},
         {"pid", who.pid},
         {"user", who.user},
         {"publishers", paused_publishers_.size()},
         {"blocked_ms", duration_cast<std::chrono::milliseconds>(now - blocking_since_).count()},
         {"pending_bytes", pending_bytes()}}
    );
}

void Connection::log_end() const {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    const auto lasted = duration_cast<milliseconds>(shard_.reactor().now() - opened_);
    const bool ordinary = close_reason_ == session::CloseReason::client_closed ||
                          close_reason_ == session::CloseReason::shutting_down;
    const broker::ClientLabel who = label();
    log::write(
        "connection_ended",
        ordinary ? log::Level::info : log::Level::warning,
        {{"connection", who.connection},
         {"listener", who.listener},
         {"peer", who.peer},
         {"uid", who.uid},
         {"pid", who.pid},
         {"tls", text_or_absent(std::string(stream_->tls_version()))},
         {"certificate", text_or_absent(stream_->certificate_name())},
         {"user", who.user},
         {"client", client_name_},
         {"reason", session::name_of(close_reason_)},
         {"detail", close_detail_},
         {"frames_in", frames_in_},
         {"bytes_in", bytes_in_},
         {"frames_out", frames_out_},
         {"bytes_out", bytes_out_},
         {"dropped", broker_.record().dropped_messages()},
         {"seconds", static_cast<double>(lasted.count()) / 1000.0}}
    );
}

}  // namespace telex::server
