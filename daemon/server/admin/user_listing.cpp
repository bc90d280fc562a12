#include "server/admin/user_listing.hpp"

#include "server/admin/list_page.hpp"

#include <algorithm>
#include <string_view>

namespace telex::server {

namespace {

v1::UserInfo& row_of(UserRows& rows, std::string_view user) {
    const auto found = rows.find(user);
    return found == rows.end() ? rows[std::string(user)] : found->second;
}

void add_books(v1::UserInfo& row, const exchange::ClientBooks& books) {
    row.set_routed_messages(row.routed_messages() + books.routed);
    row.set_delivered_messages(row.delivered_messages() + books.delivered());
    row.set_dropped_messages(row.dropped_messages() + books.dropped);
    row.set_held_messages(row.held_messages() + books.held);
    row.set_queued_messages(row.queued_messages() + books.queued);
}

void add_client(v1::UserInfo& row, const exchange::ClientRecord& client) {
    row.set_clients(row.clients() + 1);
    row.set_subscriptions(row.subscriptions() + client.subscriptions().size());
    row.set_pending_requests(row.pending_requests() + client.open_requests());
    add_books(row, client.books());
}

void add_row(v1::UserInfo& sum, const v1::UserInfo& part) {
    sum.set_clients(sum.clients() + part.clients());
    sum.set_subscriptions(sum.subscriptions() + part.subscriptions());
    sum.set_pending_requests(sum.pending_requests() + part.pending_requests());
    sum.set_routed_messages(sum.routed_messages() + part.routed_messages());
    sum.set_delivered_messages(sum.delivered_messages() + part.delivered_messages());
    sum.set_dropped_messages(sum.dropped_messages() + part.dropped_messages());
    sum.set_held_messages(sum.held_messages() + part.held_messages());
    sum.set_queued_messages(sum.queued_messages() + part.queued_messages());
}

}  // namespace

// Clients that leave while the list is made are in neither part.
UserListing::UserListing(const exchange::Shard& shard, reactor::WorkMeter& work)
    : shard_(&shard), work_(&work) {
    for (const auto& [user, books] : shard.user_books().left()) {
        add_books(row_of(rows_, user), books);
        work_->add(reactor::work::kListEntry);
    }
}

bool UserListing::run() {
    const exchange::ClientTable& clients = shard_->clients();
    while (slot_ < clients.slots() && !work_->slice_is_over()) {
        if (const exchange::ClientRecord* const client = clients.at(slot_); client != nullptr) {
            add_client(row_of(rows_, client->client().user_name()), *client);
        }
        ++slot_;
        work_->add(reactor::work::kListEntry);
    }
    return slot_ >= clients.slots();
}

v1::UserList merge(const std::vector<UserRows>& parts, const v1::ListUsers& query) {
    UserRows all;
    for (const UserRows& part : parts) {
        for (const auto& [user, row] : part) {
            add_row(all[user], row);
        }
    }
    v1::UserList list;
    list.set_total(all.size());
    const auto most = static_cast<int>(most_listed(query));
    for (auto& [user, row] : all) {
        if (list.users_size() == most) {
            break;
        }
        row.set_name(user);
        *list.add_users() = std::move(row);
    }
    return list;
}

}  // namespace telex::server
