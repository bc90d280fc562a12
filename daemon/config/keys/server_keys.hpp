#pragma once
// The keys of the file's top level, of `server` and of `log`.
#include "config/config.hpp"
#include "config/keys/key.hpp"

namespace telex::config {

// The configuration while its file is being read. The lists wait until the top level is known: a
// listener may use a framing that is defined below it.
struct ConfigDraft {
    Config config;
    const Node* framings = nullptr;
    const Node* listeners = nullptr;
    const Node* users = nullptr;
    const Node* accounts = nullptr;
};

const Table<ConfigDraft>& server_keys();

}  // namespace telex::config
