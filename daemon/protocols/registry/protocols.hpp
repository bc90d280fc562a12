#pragma once
// The registry of protocols. To add one: a folder beside this one, and a row in protocols.cpp.
#include "session/protocol.hpp"

#include <span>
#include <string_view>

namespace telex::session {

std::span<const Protocol* const> protocols();
// Returns null when there is no protocol of that name.
const Protocol* find_protocol(std::string_view name);

}  // namespace telex::session
