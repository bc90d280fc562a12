#pragma once
// The arguments of `connect` as options of libnats.
#include "support/harness_report.hpp"

#include <nats/nats.h>

#include <cstdint>
#include <memory>

namespace telex::nats_harness {

using harness::Json;

struct FreeOptions {
    void operator()(natsOptions* options) const { natsOptions_Destroy(options); }
};

using Options = std::unique_ptr<natsOptions, FreeOptions>;

// Without callbacks. Throws std::runtime_error if libnats rejects one: for example a missing file.
Options options_of(const Json& arguments);
// An argument in seconds.
std::int64_t milliseconds_of(const Json& arguments, const char* name, double otherwise);

}  // namespace telex::nats_harness
