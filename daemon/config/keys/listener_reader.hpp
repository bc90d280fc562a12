#pragma once
// Reads the lists of the top level: framings and listeners.
#include "codec/framing.hpp"
#include "config/parse/reader.hpp"
#include "server/listener/listener_options.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace telex::config {

// The entries of `framings`. Nothing for one with an error: listeners that use it report no second
// error.
using NamedFramings = std::map<std::string, std::optional<codec::Framing>, std::less<>>;

NamedFramings read_framings(const Node& node, const std::string& path, Reader& reader);

// Returns all listeners of the list, also those with errors, so that the rules see every name and
// address.
std::vector<server::ListenerOptions> read_listeners(
    const Node& node, const std::string& path, const NamedFramings& framings, Reader& reader
);

}  // namespace telex::config
