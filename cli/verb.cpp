#include "cli/verb.hpp"

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
    Verb{"passwd", "Make a user with a password", add_passwd},
    Verb{"keygen", "Make a key or a token for a user", add_keygen},
};

}  // namespace

std::span<const Verb> verbs() {
    return kVerbs;
}

}  // namespace telex::cli
