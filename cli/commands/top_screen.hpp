#pragma once
// The screen of `telex top`: rates between two snapshots of an exchange.
#include "base/time.hpp"
#include "telex/v1/admin.pb.h"
#include "telex/v1/sys.pb.h"

#include <array>
#include <cstddef>
#include <string>

namespace telex::cli {

struct Snapshot {
    TimePoint at;
    v1::ServerInfo info;
    v1::ServerStats stats;
    v1::ConnectionList connections;
    v1::SubjectList subjects;
};

// A column of the connections, by which they are sorted.
struct TopColumn {
    char key;
    const char* name;
    v1::ListConnections::Order order;  // in which the exchange lists them
    bool is_rate = false;              // sorted here, among those that the exchange listed
};

inline constexpr std::array<TopColumn, 6> kTopColumns{{
    {'p', "pending", v1::ListConnections::BY_PENDING_BYTES},
    {'r', "received", v1::ListConnections::BY_RECEIVED_BYTES_PER_SECOND, true},
    {'s', "sent", v1::ListConnections::BY_SENT_BYTES_PER_SECOND, true},
    {'d', "dropped", v1::ListConnections::BY_DROPPED_MESSAGES},
    {'u', "subscriptions", v1::ListConnections::BY_SUBSCRIPTIONS},
    {'n', "number", v1::ListConnections::BY_NUMBER},
}};

// Every line ends with a line feed.
std::string top_screen(const Snapshot& before, const Snapshot& now, const TopColumn& column);

// Returns the part of `text` that fits into `lines` of `columns` characters.
std::string fitted(std::string_view text, std::size_t lines, std::size_t columns);

}  // namespace telex::cli
