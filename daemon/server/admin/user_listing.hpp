#pragma once
// The operators' list of users: the part of one reactor, and merging of the parts. Made in slices,
// as the lists of connection_listing.hpp.
//
// A row is the sum of the books of a user's clients, also of those that have left. Each client's
// books balance, so each row does, although the list is not of one moment.
#include "exchange/shard.hpp"
#include "reactor/work_meter.hpp"
#include "telex/v1/admin.pb.h"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace telex::server {

// By name; "" for clients without a user.
using UserRows = std::map<std::string, v1::UserInfo, std::less<>>;

// Owned by its query. Thread: the reactor's of the shard, which outlives it.
class UserListing {
public:
    UserListing(const exchange::Shard& shard, reactor::WorkMeter& work);

    // Until the slice is over. Returns true when the list is complete.
    bool run();

    UserRows take() { return std::move(rows_); }

private:
    const exchange::Shard* shard_;
    reactor::WorkMeter* work_;
    std::size_t slot_ = 0;  // of the next client
    UserRows rows_;
};

// Anywhere.
v1::UserList merge(const std::vector<UserRows>& parts, const v1::ListUsers& query);

}  // namespace telex::server
