#pragma once
// How filters stand to each other and to subjects, with the rule that a leading wildcard does not
// see '$'-subjects.
// All arguments are valid (wire::check_filter, wire::check_subject).
#include <string_view>

namespace telex::access {

// The filter selects the subject.
bool selects(std::string_view filter, std::string_view subject);

// Every subject that `narrow` selects is selected by `wide`, too.
bool covers(std::string_view wide, std::string_view narrow);

// Some subject is selected by both.
bool overlap(std::string_view one, std::string_view other);

}  // namespace telex::access
