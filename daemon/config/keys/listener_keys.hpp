#pragma once
// The keys of one listener.
#include "config/keys/key.hpp"
#include "server/listener/listener_options.hpp"

#include <cstddef>

namespace telex::config {

// A listener while it is being read. Its framing is settled last: the default depends on the
// protocol, the addresses and the limits.
struct ListenerDraft {
    server::ListenerOptions options;
    const Node* framing = nullptr;
    std::optional<std::size_t> max_frame_bytes;
    bool idle_timeout_is_off = false;  // as the file says
    server::TlsOptions tls;            // goes into the options when the file has the section
};

const Table<ListenerDraft>& listener_keys();

}  // namespace telex::config
