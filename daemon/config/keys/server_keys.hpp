#pragma once
// The keys of the top level and of the sections `server` and `log`.
#include "config/config.hpp"
#include "config/keys/key.hpp"

namespace telex::config {

// The configuration during loading. The lists are read after the rest of the top level: a listener
// may use a framing that is defined below it.
struct ConfigDraft {
    Config config;
    const Node* framings = nullptr;
    const Node* listeners = nullptr;
    const Node* users = nullptr;
    const Node* accounts = nullptr;
    const Node* streams = nullptr;
};

const Table<ConfigDraft>& server_keys();

}  // namespace telex::config
