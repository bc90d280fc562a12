#pragma once
// A value or a typed error. Expected failures are returned, never thrown.
#include <tl/expected.hpp>

namespace telex {

template <class T, class E>
using Result = tl::expected<T, E>;

using tl::unexpected;

}  // namespace telex
