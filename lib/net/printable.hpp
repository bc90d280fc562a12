#pragma once
// Names that strangers chose (socket paths, abstract names) made safe for one line of a log.
#include <string>
#include <string_view>

namespace telex::net {

// Every byte outside printable ASCII, and the backslash, as \xNN.
std::string printable(std::string_view text);

}  // namespace telex::net
