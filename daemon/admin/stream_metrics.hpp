#pragma once
// The metrics of streams and of their store.
#include "admin/metrics_page.hpp"
#include "telex/v1/stream.pb.h"

#include <cstddef>
#include <vector>

namespace telex::admin {

// Each has a sample for every metric; further streams, in the order of account and name, have none.
inline constexpr std::size_t kMostMeasuredStreams = 200;

void add_storage(
    MetricsPage& page, const v1::StorageInfo& storage, const std::vector<v1::StreamInfo>& streams
);

}  // namespace telex::admin
