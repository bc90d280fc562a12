#pragma once
// The settings of a stream as options of the tool, and as text.
#include "cli/options/option_set.hpp"
#include "telex/v1/stream.pb.h"

#include <functional>
#include <string>
#include <vector>

namespace telex::cli {

// The changes by the options of a command line, in their order.
using StreamEdits = std::vector<std::function<void(v1::StreamConfig&)>>;

// Adds the section "Settings". `edits` must outlive the parsing.
void add_stream_settings(OptionSet& options, StreamEdits& edits);

// One line for each setting that is not the default, as the options write it: "max-age  7d".
std::string settings_text(const v1::StreamConfig& config);

}  // namespace telex::cli
