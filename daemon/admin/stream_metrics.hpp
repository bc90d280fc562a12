#pragma once
// The metrics of streams, of their consumers and of their store.
#include "admin/metrics_page.hpp"
#include "storage/engine.hpp"
#include "telex/v1/stream.pb.h"

#include <cstddef>
#include <vector>

namespace telex::admin {

// Each has a sample for every metric; further streams, in the order of account and name, have none.
inline constexpr std::size_t kMostMeasuredStreams = 200;

// Durable consumers likewise. Others come and go with connections, and would leave many labels.
inline constexpr std::size_t kMostMeasuredConsumers = 200;

void add_storage(
    MetricsPage& page, const v1::StorageInfo& storage, const std::vector<v1::StreamInfo>& streams
);

void add_consumers(MetricsPage& page, const storage::Engine::FirstConsumers& consumers);

}  // namespace telex::admin
