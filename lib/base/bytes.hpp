#pragma once
// A borrowed run of bytes with no character set; valid as long as its owner says. Text is UTF-8 and
// uses the same type.
#include <string_view>

namespace telex {

using ByteView = std::string_view;

}  // namespace telex
