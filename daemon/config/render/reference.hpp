#pragma once
// The reference of the configuration file, generated from the tables of keys.
#include <string>

namespace telex::config {

// Returns the text of docs/configuration.md.
std::string reference_markdown();

}  // namespace telex::config
