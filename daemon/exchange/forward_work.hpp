#pragma once
// The work of a forwarded message on its target, in units of reactor::WorkMeter.
#include "reactor/work_meter.hpp"

#include <cstdint>

namespace telex::exchange {

// For a member of a queue group: it is looked up, and its records are not in the cache.
inline constexpr std::uint64_t kReceivedMember = 3 * reactor::work::kDelivery;

}  // namespace telex::exchange
