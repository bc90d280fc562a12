// Server: what operators ask about it, and what they do to single connections.
#include "server/inventory.hpp"
#include "server/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <map>
#include <string>
#include <utility>

namespace telex::server {

v1::AdminError Server::unresponsive() {
    return wire::admin_error(
        v1::AdminError::UNRESPONSIVE, "a reactor did not reply within a second"
    );
}

wire::AdminResult<v1::ConnectionList> Server::connections(const v1::ListConnections& query) {
    auto parts = ask_all<RankedConnections>([query](Worker& worker) {
        return list_connections(worker.connections(), query);
    });
    if (!parts) {
        return unexpected(std::move(parts.error()));
    }
    return merge(*std::move(parts), query);
}

wire::AdminResult<v1::SubscriptionList> Server::subscriptions(const v1::ListSubscriptions& query) {
    auto parts = ask_all<v1::SubscriptionList>([query](Worker& worker) {
        return list_subscriptions(worker.connections(), query);
    });
    if (!parts) {
        return unexpected(std::move(parts.error()));
    }
    return merge(*std::move(parts), query);
}

v1::ListenerList Server::listener_list() const {
    v1::ListenerList list;
    for (const auto& listener : listeners_) {
        const ListenerSettingsPtr settings = listener->settings();
        const ListenerOptions& options = settings->options();
        v1::ListenerStatus& status = *list.add_listeners();
        status.set_name(options.name);
        status.set_protocol(options.protocol);
        status.set_framing(options.framing_name);
        status.mutable_addresses()->Assign(
            listener->bound_addresses.begin(), listener->bound_addresses.end()
        );
        status.set_connections(listener->connections());
        status.set_max_connections(options.max_connections);
        status.set_accepted_total(listener->accepted());
        for (std::string& address : listener->unreachable_addresses()) {
            status.add_unreachable_addresses(std::move(address));
        }
        if (settings->tls_context()) {
            status.set_certificate_expires_unix_seconds(
                settings->tls_context()->certificate().not_after
            );
        }
    }
    return list;
}

wire::AdminResult<v1::SubjectList> Server::subjects(const v1::ListSubjects& query) {
    using Entries = std::vector<exchange::TopSubjects::Entry>;
    auto parts = ask_all<Entries>([this](Worker& worker) {
        return exchange_->shard(worker.reactor().index()).top_subjects().entries();
    });
    if (!parts) {
        return unexpected(std::move(parts.error()));
    }
    std::map<std::string, std::uint64_t> sums;
    for (const auto& part : *parts) {
        for (const auto& entry : part) {
            sums[entry.subject] += entry.messages;
        }
    }
    std::vector<std::pair<std::string, std::uint64_t>> order(sums.begin(), sums.end());
    std::stable_sort(order.begin(), order.end(), [](const auto& left, const auto& right) {
        return left.second > right.second;
    });
    constexpr std::size_t kUsual = 20;
    order.resize(std::min(order.size(), query.limit() == 0 ? kUsual : std::size_t{query.limit()}));
    v1::SubjectList list;
    for (auto& [subject, messages] : order) {
        v1::SubjectTraffic& row = *list.add_subjects();
        row.set_subject(std::move(subject));
        row.set_messages(messages);
    }
    return list;
}

wire::AdminResult<v1::ServerStats> Server::stats() {
    auto promise = std::make_shared<std::promise<v1::ServerStats>>();
    auto stats = promise->get_future();
    exchange::Shard& asker = exchange_->shard(0);
    asker.reactor().post([this, &asker, promise] {
        exchange_->collect_stats(asker, [promise](const v1::ServerStats& sum) {
            promise->set_value(sum);
        });
    });
    if (stats.wait_for(kPatience) != std::future_status::ready) {
        return unexpected(unresponsive());
    }
    return stats.get();
}

wire::AdminResult<v1::Kicked> Server::kick(const v1::Kick& request) {
    auto found = ask_all<char>([request](Worker& worker) {
        return static_cast<char>(worker.kick(request.connection(), request.reason()));
    });
    if (!found) {
        return unexpected(std::move(found.error()));
    }
    if (std::count(found->begin(), found->end(), 1) == 0) {
        return unexpected(no_connection(request.connection()));
    }
    return v1::Kicked();
}

void Server::report(v1::Event event) {
    exchange::Shard& shard = exchange_->shard(0);
    shard.reactor().post([this, &shard, event = std::move(event)]() mutable {
        exchange_->events().report(shard, std::move(event));
    });
}

v1::AdminError Server::no_connection(std::uint64_t number) {
    return wire::admin_error(
        v1::AdminError::NOT_FOUND, fmt::format("there is no connection {}", number)
    );
}

}  // namespace telex::server
