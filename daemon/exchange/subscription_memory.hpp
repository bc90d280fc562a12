#pragma once
// The memory of subscriptions, for the budget. A client's own record is counted exactly when it is
// made. Routing tables are counted by what they grow and shrink, because filters share their nodes;
// a client may be asked for more than its filter adds, never for less.
//
// Owner and thread: one shard.
#include "broker/subscription_spec.hpp"
#include "exchange/memory_budget.hpp"
#include "router/routing_table.hpp"

#include <cstddef>
#include <string_view>

namespace telex::exchange {

struct ActiveSubscription;

// Of the client's record of it. `charged`: it is also counted for a user.
std::size_t record_memory(const broker::SubscriptionSpec& spec, bool charged);
// The same once it is registered.
std::size_t record_memory(const ActiveSubscription& subscription);

// At most, in the routing table of one reactor.
std::size_t table_memory(std::string_view filter, std::string_view queue_group);

// While it lives, a routing table changes: afterwards the difference is charged.
class TableCharge {
public:
    TableCharge(BudgetAccount& account, const router::RoutingTable& table)
        : account_(account), table_(table), before_(table.memory_bytes()) {}

    ~TableCharge() {
        const std::size_t now = table_.memory_bytes();
        if (now > before_) {
            account_.charge_standing(now - before_);
        } else {
            account_.release_standing(before_ - now);
        }
    }

    TableCharge(const TableCharge&) = delete;
    TableCharge& operator=(const TableCharge&) = delete;

private:
    BudgetAccount& account_;
    const router::RoutingTable& table_;
    const std::size_t before_;
};

}  // namespace telex::exchange
