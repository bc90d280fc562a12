#pragma once
// The memory of one connection, charged to the exchange's budget and to its user. The destructor
// releases all charges.
//
// Owner and thread: the connection's.
#include "access/users.hpp"
#include "exchange/memory_budget.hpp"

#include <cstddef>

namespace telex::server {

class Charges {
public:
    // Maximum of each connection while its user is over its limit, so that all of them go on.
    static constexpr std::size_t kPendingOverUserLimit = 64U << 10U;

    // `account` outlives this. `pending_limit`: as configured.
    Charges(exchange::BudgetAccount& account, std::size_t pending_limit)
        : account_(account), usual_limit_(pending_limit), pending_limit_(pending_limit) {}

    ~Charges() { release(); }

    Charges(const Charges&) = delete;
    Charges& operator=(const Charges&) = delete;

    // The connection holds `bytes` now. `user` may be null.
    void update(std::size_t bytes, const access::User* user);

    // Gives everything back.
    void release() { update(0, nullptr); }

    std::size_t bytes() const { return bytes_; }

    // Maximum bytes that may wait for this connection: as configured, or less while all
    // connections of its user together are over the user's limit.
    std::size_t pending_limit() const { return pending_limit_; }

    bool is_reduced() const { return pending_limit_ != usual_limit_; }

private:
    void update_user(std::size_t bytes, const access::User* user);

    exchange::BudgetAccount& account_;
    const std::size_t usual_limit_;
    std::size_t pending_limit_;
    std::size_t bytes_ = 0;
    access::UsagePtr usage_;  // charged with bytes_; null: the user has no limit
};

}  // namespace telex::server
