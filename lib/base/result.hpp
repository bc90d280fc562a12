#pragma once
// The one way in which expected failures travel: a value or a typed error, never an exception.
#include <tl/expected.hpp>

namespace telex {

template <class T, class E>
using Result = tl::expected<T, E>;

using tl::unexpected;

}  // namespace telex
