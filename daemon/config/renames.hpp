#pragma once
// Listeners that a reload calls by another name: those at the same addresses as before.
#include "server/listener_options.hpp"

#include <vector>

namespace telex::config {

// Each is at all addresses of one that is not named any more, and at no others. An address whose
// port the kernel picks is another one each time.
server::Renames renames_between(
    const std::vector<server::ListenerOptions>& before,
    const std::vector<server::ListenerOptions>& after
);

}  // namespace telex::config
