#pragma once
// Loads a file or a text into a checked configuration, or reports all its errors.
//
//   bytes -> text checks -> tree with positions -> typed values -> rules over several keys
//
// Loading continues after an error, so that one run finds all of them. There is a configuration
// only if there is no error.
#include "config/config.hpp"
#include "config/parse/diagnostic.hpp"
#include "config/parse/environment.hpp"
#include "config/parse/setting.hpp"
#include "config/parse/yaml_tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::config {

enum class LoadStatus : std::uint8_t {
    loaded,
    invalid,        // exit 78
    unreadable,     // exit 66: no such file, input error
    no_permission,  // exit 77
};

struct LoadResult {
    LoadStatus status = LoadStatus::loaded;
    std::optional<Config> config;
    Settings settings;  // of a loaded configuration
    // Sorted by position. A loaded configuration may have warnings.
    std::vector<Diagnostic> diagnostics;
};

LoadResult load_file(const std::string& path, const Environment& environment);
// A tree that was not read as YAML: made from another notation. `name` is the file in the
// diagnostics, and the nodes have its positions; {0, 0} are those of no line.
LoadResult load_tree(const std::string& name, const Node& root, const Environment& environment);
// `name` is the name of the file in the diagnostics.
LoadResult load_text(
    const std::string& name, std::string_view text, const Environment& environment
);

}  // namespace telex::config
