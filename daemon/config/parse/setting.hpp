#pragma once
// What a configuration file has set, value by value.
#include "config/parse/diagnostic.hpp"

#include <map>
#include <string>

namespace telex::config {

struct Setting {
    std::string value;  // after substitution; may be secret
    std::string shown;  // as it may be repeated
    Position at;
    bool secret = false;  // parts come from files
};

// By path, "listeners[0].limits.max_frame". Keys that are not written are not there.
using Settings = std::map<std::string, Setting>;

}  // namespace telex::config
