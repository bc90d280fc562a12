#pragma once
// Relations between filters and subjects. A leading wildcard does not match '$'-subjects. Requires
// valid arguments (wire::check_filter, wire::check_subject).
#include <string_view>

namespace telex::access {

// The filter selects the subject.
bool selects(std::string_view filter, std::string_view subject);

// Returns true if `wide` selects every subject that `narrow` selects.
bool covers(std::string_view wide, std::string_view narrow);

// Returns true if both select a common subject.
bool overlap(std::string_view one, std::string_view other);

}  // namespace telex::access
