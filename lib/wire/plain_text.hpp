#pragma once
#include "base/bytes.hpp"

namespace telex::wire {

// Returns whether the payload may be shown as text: UTF-8 without control characters other than
// tab, line feed and carriage return.
bool is_plain_text(ByteView payload);

}  // namespace telex::wire
