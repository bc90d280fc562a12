#pragma once
// The subjects that a user may publish or subscribe to. Everything is forbidden unless allowed;
// deny overrides allow.
//
// Thread: any; constant once made.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::access {

struct Permissions {
    // Filters.
    std::vector<std::string> allow;
    std::vector<std::string> deny;

    // One subject: to publish on, or to be delivered from.
    bool allows(std::string_view subject) const;
    // A filter to subscribe with: allowed as a whole, and not denied as a whole.
    bool allows_filter(std::string_view filter) const;
    // Part of an allowed filter is denied: call allows() for each message.
    bool hides_some_of(std::string_view filter) const;

    friend bool operator==(const Permissions&, const Permissions&) = default;
};

// Decides as allows() about subjects, and as allows_filter() about filters with wildcards. Owns a
// copy, so any thread may use it.
std::function<bool(std::string_view)> reader_of(Permissions subscribe);

}  // namespace telex::access
