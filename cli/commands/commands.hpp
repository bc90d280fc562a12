#pragma once
// The commands of the tool. Each is defined in a source of this folder.
#include "cli/options/command.hpp"

#include <array>

namespace telex::cli {

Command pub_command();
Command sub_command();
Command request_command();
Command reply_command();
Command bench_command();
Command frame_command();
Command status_command();
Command connections_command();
Command listeners_command();
Command subscriptions_command();
Command users_command();
Command subjects_command();
Command top_command();
Command trace_command();
Command kick_command();
Command reload_command();
Command log_level_command();
Command drain_command();
Command support_bundle_command();
Command passwd_command();
Command keygen_command();
Command completion_command();

// In the order of the help.
inline constexpr std::array kCommands{
    pub_command,       sub_command,           request_command,        reply_command,
    bench_command,     frame_command,         status_command,         connections_command,
    listeners_command, subscriptions_command, users_command,          subjects_command,
    top_command,       trace_command,         kick_command,           reload_command,
    log_level_command, drain_command,         support_bundle_command, passwd_command,
    keygen_command,    completion_command,
};

}  // namespace telex::cli
