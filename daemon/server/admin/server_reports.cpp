#include "server/admin/server_reports.hpp"

#include "server/admin/ask_workers.hpp"
#include "server/admin/connection_listing.hpp"
#include "server/admin/list_page.hpp"
#include "server/admin/subscription_listing.hpp"
#include "server/admin/user_listing.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace telex::server {

namespace {

// The page that `Listing` makes in slices on each reactor.
template <class Listing, class Query>
[[nodiscard]] wire::AdminResult<typename Listing::Part> page_of(
    Workers& workers, const Query& query
) {
    using Part = typename Listing::Part;
    if (auto checked = check_page(query); !checked) {
        return unexpected(std::move(checked.error()));
    }
    auto parts = ask_workers_in_slices<Part>(workers, [query](Worker& worker) {
        return Listing(worker.connections(), worker.reactor().work(), query);
    });
    if (!parts) {
        return unexpected(std::move(parts.error()));
    }
    return merge(*std::move(parts), most_listed(query));
}

}  // namespace

wire::AdminResult<v1::ConnectionList> ServerReports::connections(const v1::ListConnections& query) {
    auto page = page_of<ConnectionListing>(workers_, query);
    if (!page) {
        return unexpected(std::move(page.error()));
    }
    v1::ConnectionList list;
    list.set_total(page->total);
    list.set_next(next_of(*page));
    for (auto& [key, info] : page->rows) {
        *list.add_connections() = std::move(info);
    }
    return list;
}

wire::AdminResult<v1::SubscriptionList> ServerReports::subscriptions(
    const v1::ListSubscriptions& query
) {
    auto page = page_of<SubscriptionListing>(workers_, query);
    if (!page) {
        return unexpected(std::move(page.error()));
    }
    v1::SubscriptionList list;
    list.set_total(page->total);
    list.set_next(next_of(*page));
    for (auto& [key, info] : page->rows) {
        *list.add_subscriptions() = std::move(info);
    }
    return list;
}

wire::AdminResult<v1::UserList> ServerReports::users(const v1::ListUsers& query) {
    auto parts = ask_workers_in_slices<UserRows>(workers_, [](Worker& worker) {
        return UserListing(worker.shard(), worker.reactor().work());
    });
    if (!parts) {
        return unexpected(std::move(parts.error()));
    }
    return merge(*parts, query);
}

wire::AdminResult<v1::SubjectList> ServerReports::subjects(const v1::ListSubjects& query) {
    using Entries = std::vector<exchange::TopSubjects::Entry>;
    auto parts = ask_workers<Entries>(workers_, [](Worker& worker) {
        return worker.shard().top_subjects().entries();
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

wire::AdminResult<v1::ServerStats> ServerReports::stats() {
    auto promise = std::make_shared<std::promise<v1::ServerStats>>();
    auto stats = promise->get_future();
    collect_stats([promise](const v1::ServerStats& sum) { promise->set_value(sum); });
    if (stats.wait_for(kAdminPatience) != std::future_status::ready) {
        return unexpected(unresponsive());
    }
    return stats.get();
}

void ServerReports::collect_stats(const std::function<void(const v1::ServerStats&)>& done) {
    exchange::Shard& asker = exchange_.shard(0);
    asker.reactor().post([this, &asker, done] { exchange_.collect_stats(asker, done); });
}

}  // namespace telex::server
