#pragma once
// Listeners that a reload calls by another name: those at the same addresses as before.
#include "server/listener/listener_options.hpp"

#include <vector>

namespace telex::config {

// Returns each listener that has exactly the addresses of one whose name is gone. An address with
// port 0 never matches: the kernel picks another port each time.
server::Renames renames_between(
    const std::vector<server::ListenerOptions>& before,
    const std::vector<server::ListenerOptions>& after
);

}  // namespace telex::config
