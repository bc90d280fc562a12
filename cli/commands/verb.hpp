#pragma once
// The commands of the tool: one table, from which the command line, its help and its documentation
// come.
#include "cli/options/cli11.hpp"

#include <functional>
#include <span>
#include <string_view>

namespace telex::cli {

// Does the work of a command after its options were read; returns the exit code.
using Action = std::function<int()>;

struct Verb {
    std::string_view name;
    std::string_view summary;
    // Declares the options; they live as long as the returned action.
    Action (*add)(CLI::App& app);
};

// In the order of the help.
std::span<const Verb> verbs();

Action add_pub(CLI::App& app);
Action add_sub(CLI::App& app);
Action add_request(CLI::App& app);
Action add_reply(CLI::App& app);
Action add_bench(CLI::App& app);
Action add_frame(CLI::App& app);
Action add_status(CLI::App& app);
Action add_connections(CLI::App& app);
Action add_listeners(CLI::App& app);
Action add_subscriptions(CLI::App& app);
Action add_subjects(CLI::App& app);
Action add_top(CLI::App& app);
Action add_trace(CLI::App& app);
Action add_kick(CLI::App& app);
Action add_reload(CLI::App& app);
Action add_log_level(CLI::App& app);
Action add_drain(CLI::App& app);
Action add_support_bundle(CLI::App& app);
Action add_completion(CLI::App& app);
Action add_passwd(CLI::App& app);
Action add_keygen(CLI::App& app);

}  // namespace telex::cli
