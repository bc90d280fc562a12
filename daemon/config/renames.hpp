#pragma once
// Listeners that a reload renames: the addresses are the same, the name is not.
#include "server/listener/listener_options.hpp"

#include <vector>

namespace telex::config {

// Returns each listener with exactly the addresses of one whose name is gone. An address with port
// 0 never matches: the kernel selects another port each time.
server::Renames renames_between(
    const std::vector<server::ListenerOptions>& before,
    const std::vector<server::ListenerOptions>& after
);

}  // namespace telex::config
