#pragma once
// The settings of a stream on the wire (v1::StreamConfig), and those of the state machines.
//
// On the wire 0 means the default or no limit; in streams::StreamOptions a limit is absent then.
#include "storage/stream_fault.hpp"
#include "streams/stream_change.hpp"
#include "streams/stream_options.hpp"
#include "telex/v1/stream.pb.h"

#include <string>
#include <string_view>

namespace telex::storage {

// Checks the settings. Errors: STREAM_BAD_CONFIG, whose text names all wrong settings.
[[nodiscard]] StreamResult<streams::StreamOptions> options_of(const v1::StreamConfig& config);

// The same for settings from elsewhere.
[[nodiscard]] StreamResult<void> check_options(const streams::StreamOptions& options);

// A sentence about an overlap of the stream with another one.
std::string text_of(const streams::StreamOverlap& overlap, std::string_view stream);

v1::StreamConfig config_of(const streams::StreamOptions& options, std::string_view account);

}  // namespace telex::storage
