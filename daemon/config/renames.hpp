#pragma once
// Listeners that a reload renames: they have an address in common, the name is not the same.
#include "server/listener/listener_options.hpp"

#include <vector>

namespace telex::config {

// Returns each listener with an address of one whose name is gone; with that of the most, if there
// are several. Other addresses that it has are a change of this listener, which needs a restart:
// the common one cannot be bound twice. An address with port 0 never matches: the kernel selects
// another port each time.
server::Renames renames_between(
    const std::vector<server::ListenerOptions>& before,
    const std::vector<server::ListenerOptions>& after
);

}  // namespace telex::config
