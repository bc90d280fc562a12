#pragma once
// Bytes between frames that mean nothing to a framing, such as the acknowledgements of gdb.
#include "base/bytes.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace telex::codec {

// The number of bytes of this set at the beginning.
inline std::size_t leading(ByteView bytes, std::string_view set) {
    return set.empty() ? 0 : std::min(bytes.find_first_not_of(set), bytes.size());
}

}  // namespace telex::codec
