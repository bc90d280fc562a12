#pragma once
// Subscribes, takes messages to a sink, and waits for the end: Ctrl-C, a closed pipe (also while
// nothing arrives), the time-out, or the end of the messages.
#include "cli/connection/connection_options.hpp"
#include "cli/subscriber/message_sink.hpp"
#include "cli/terminal/output.hpp"
#include <telex/options.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::cli {

struct FollowOptions {
    std::string_view command;
    std::vector<std::string> filters;
    SubscribeOptions subscribe;
    std::optional<std::uint64_t> count;  // messages that are wanted; the sink ends after them
    std::optional<std::chrono::milliseconds> timeout;
    bool verbose = false;
};

// Returns the exit code, after printing an error. `output` is that of the sink.
int follow(
    const ConnectionOptions& connection,
    const FollowOptions& options,
    MessageSink& sink,
    const Output& output
);

}  // namespace telex::cli
