#include "cli/commands/verb.hpp"

#include <array>

namespace telex::cli {
namespace {

constexpr std::array kVerbs = {
    Verb{"pub", "Publish messages", add_pub},
    Verb{"sub", "Show the messages on a subject", add_sub},
    Verb{"request", "Ask and show the answer", add_request},
    Verb{"reply", "Answer requests: echo, a fixed text, or a command's output", add_reply},
    Verb{"bench", "Measure throughput and latency of an exchange", add_bench},
    Verb{"frame", "Cut a stream into frames, or make frames", add_frame},
    Verb{"status", "Show listeners, connections and counters of an exchange", add_status},
    Verb{"connections", "Show who is connected, or has been", add_connections},
    Verb{"listeners", "Show where connections come in", add_listeners},
    Verb{"subscriptions", "Show who listens to what", add_subscriptions},
    Verb{"subjects", "Show the subjects that carry the most", add_subjects},
    Verb{"top", "Show what an exchange does, live", add_top},
    Verb{"trace", "Follow the messages of a subject or a connection, live", add_trace},
    Verb{"kick", "Close a connection", add_kick},
    Verb{"reload", "Have the daemon read its configuration again", add_reload},
    Verb{"log-level", "Show or set what the daemon logs", add_log_level},
    Verb{"drain", "Have the daemon finish what it owes, and stop", add_drain},
    Verb{"support-bundle", "Collect what an exchange knows of itself", add_support_bundle},
    Verb{"passwd", "Make a user with a password", add_passwd},
    Verb{"keygen", "Make a key or a token for a user", add_keygen},
    Verb{"completion", "Print what completes this tool's command line in a shell", add_completion},
};

}  // namespace

std::span<const Verb> verbs() {
    return kVerbs;
}

}  // namespace telex::cli
