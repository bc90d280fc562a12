#pragma once
// The settings of nats-server as a tree of telex's own configuration, which the loader checks like
// any other.
#include "compat/draft.hpp"
#include "config/parse/yaml_tree.hpp"

namespace telex::compat {

config::Node config_tree(const Draft& draft);

// The address in the daemon's notation.
std::string address_of(const Draft& draft);

}  // namespace telex::compat
