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

// Of `framings`. Nothing stands for one that was refused: its users stay silent about it.
using NamedFramings = std::map<std::string, std::optional<codec::Framing>, std::less<>>;

NamedFramings read_framings(const Node& node, const std::string& path, Reader& reader);

// All listeners of the list, also those with errors, so that rules over all of them see each name
// and address.
std::vector<server::ListenerOptions> read_listeners(
    const Node& node, const std::string& path, const NamedFramings& framings, Reader& reader
);

}  // namespace telex::config
