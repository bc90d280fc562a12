#pragma once
// Makes one token of a subject of any text.
#include <string>
#include <string_view>

namespace telex::wire {

// Appends what make_token (subject.hpp) returns.
void append_token(std::string& out, std::string_view text);

}  // namespace telex::wire
