#pragma once
// The values that a configuration file sets.
#include "config/parse/diagnostic.hpp"

#include <map>
#include <string>

namespace telex::config {

struct Setting {
    std::string value;  // after substitution; may be secret
    std::string shown;  // for messages
    Position at;
    bool secret = false;  // parts come from files
};

// By path, "listeners[0].limits.max_frame". Contains only keys that the file sets.
using Settings = std::map<std::string, Setting>;

}  // namespace telex::config
