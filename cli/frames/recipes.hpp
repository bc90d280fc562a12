#pragma once
// The framings of the cookbook, and the presets that it does not have.
#include <string>
#include <string_view>
#include <vector>

namespace telex::cli {

struct Recipe {
    std::vector<std::string> formats;  // that have this framing
    std::string framing;               // as in a configuration
};

// Reads the tables of the cookbook, without its datagrams. Each framing is there once.
std::vector<Recipe> read_recipes(std::string_view cookbook);

// The recipes of the embedded cookbook, then the presets for streams that are not among them.
std::vector<Recipe> all_recipes();

}  // namespace telex::cli
