#pragma once
// The commands of the tool. Each is defined in a source of this folder.
#include "cli/connection/connection_options.hpp"
#include "cli/options/command.hpp"

#include <array>

namespace telex::cli {

Command pub_command(const SharedConnection& connection);
Command sub_command(const SharedConnection& connection);
Command consume_command(const SharedConnection& connection);
Command request_command(const SharedConnection& connection);
Command reply_command(const SharedConnection& connection);
Command bench_command(const SharedConnection& connection);
Command ping_command(const SharedConnection& connection);
Command rtt_command(const SharedConnection& connection);

Command status_command(const SharedConnection& connection);
Command connections_command(const SharedConnection& connection);
Command listeners_command(const SharedConnection& connection);
Command subscriptions_command(const SharedConnection& connection);
Command users_command(const SharedConnection& connection);
Command subjects_command(const SharedConnection& connection);
Command top_command(const SharedConnection& connection);
Command trace_command(const SharedConnection& connection);
Command events_command(const SharedConnection& connection);
Command stream_command(const SharedConnection& connection);
Command consumer_command(const SharedConnection& connection);
Command kick_command(const SharedConnection& connection);
Command reload_command(const SharedConnection& connection);
Command log_level_command(const SharedConnection& connection);
Command drain_command(const SharedConnection& connection);
Command support_bundle_command(const SharedConnection& connection);

Command context_command();
Command frame_command();
Command passwd_command();
Command keygen_command();
Command completion_command();
Command help_command();
Command version_command();

// Each group in the order of the help.
inline constexpr std::array kMessageCommands{
    pub_command,
    sub_command,
    consume_command,
    request_command,
    reply_command,
    bench_command,
    ping_command,
    rtt_command,
};
inline constexpr std::array kOperatorCommands{
    status_command,
    connections_command,
    listeners_command,
    subscriptions_command,
    users_command,
    subjects_command,
    top_command,
    trace_command,
    events_command,
    stream_command,
    consumer_command,
    kick_command,
    reload_command,
    log_level_command,
    drain_command,
    support_bundle_command,
};
inline constexpr std::array kLocalCommands{
    context_command,
    frame_command,
    passwd_command,
    keygen_command,
    completion_command,
    help_command,
    version_command,
};

}  // namespace telex::cli
