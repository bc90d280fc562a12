#pragma once
// Subjects that the exchange reserves.
#include <string_view>

namespace telex::broker {

// Requests to operate the daemon. Its owner may send them without being a user.
inline constexpr std::string_view kOperatorPrefix = "$SYS.admin.";

// The exchange publishes its events here, as protobuf and as JSON.
inline constexpr std::string_view kEventPrefix = "$SYS.event.";
inline constexpr std::string_view kJsonEventPrefix = "$SYS.json.event.";

// Returns true if the filter selects any of these events. They name clients and their addresses:
// without users, only the owner of the daemon and subscriptions from the configuration get them.
bool selects_events(std::string_view filter);

}  // namespace telex::broker
