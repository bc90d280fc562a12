#pragma once
// Relations of two filters: whether a subject exists that both select, and whether one selects all
// that the other selects.
//
// Plain loops over tokens: for configurations, not for messages. Both filters are valid
// (wire::check_filter).
#include <string_view>

namespace telex::streams {

// Returns true if at least one subject is selected by both.
bool filters_overlap(std::string_view left, std::string_view right);

// Returns true if `outer` selects every subject that `inner` selects.
bool filter_covers(std::string_view outer, std::string_view inner);

}  // namespace telex::streams
