// Server: what operators ask about it, and what they do to single connections.
#include "server/inventory.hpp"
#include "server/server.hpp"

#include <algorithm>
#include <future>
#include <map>
#include <string>

namespace telex::server {

v1::ConnectionList Server::connections(const v1::ListConnections& query) {
    std::vector<RankedConnections> parts(worker_storage_.size());
    on_all([&](Worker& worker) {
        parts[worker.reactor().index()] = list_connections(worker.connections(), query);
    });
    return merge(std::move(parts), query);
}

v1::SubscriptionList Server::subscriptions(const v1::ListSubscriptions& query) {
    std::vector<v1::SubscriptionList> parts(worker_storage_.size());
    on_all([&](Worker& worker) {
        parts[worker.reactor().index()] = list_subscriptions(worker.connections(), query);
    });
    return merge(std::move(parts), query);
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
        if (settings->tls_context()) {
            status.set_certificate_expires_unix_seconds(settings->tls_context()->expires());
        }
    }
    return list;
}

v1::SubjectList Server::subjects(const v1::ListSubjects& query) {
    std::vector<std::vector<exchange::TopSubjects::Entry>> parts(worker_storage_.size());
    on_all([&](Worker& worker) {
        const auto index = worker.reactor().index();
        parts[index] = exchange_->shard(index).top_subjects().entries();
    });
    std::map<std::string, std::uint64_t> sums;
    for (const auto& part : parts) {
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

v1::ServerStats Server::stats() {
    std::promise<v1::ServerStats> promise;
    auto stats = promise.get_future();
    exchange::Shard& asker = exchange_->shard(0);
    asker.reactor().post([this, &asker, &promise] {
        exchange_->collect_stats(asker, [&promise](const v1::ServerStats& sum) {
            promise.set_value(sum);
        });
    });
    return stats.get();
}

bool Server::kick(std::uint64_t connection, std::string_view reason) {
    std::atomic<bool> found{false};
    on_all([&](Worker& worker) {
        if (worker.kick(connection, reason)) {
            found = true;
        }
    });
    return found;
}

}  // namespace telex::server
