#pragma once
// The reference of the configuration file, made from the tables of keys.
#include <string>

namespace telex::config {

// The whole of docs/configuration.md.
std::string reference_markdown();

}  // namespace telex::config
