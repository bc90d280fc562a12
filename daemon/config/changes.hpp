#pragma once
// Differences between two configurations, and whether a reload can apply them.
#include "config/keys/key.hpp"
#include "config/parse/setting.hpp"
#include "server/listener/listener_options.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace telex::config {

struct Change {
    enum class Kind : std::uint8_t { added, removed, changed };
    Kind kind = Kind::changed;
    // With names instead of indices: "listeners[native].limits.max_frame", or "listeners[native]"
    // for a listener that was added or removed.
    std::string path;
    std::string before;
    std::string after;
    Position at;  // in the new file; unset for what was removed
    Reload reload = Reload::hot;
};

// Sorted by path. A renamed listener has its new name in the paths; the rename is a change, too.
std::vector<Change> changes_between(
    const Settings& before, const Settings& after, const server::Renames& renamed = {}
);

// "listeners[native].limits.max_connections: '10' -> '20'"
std::string to_string(const Change& change);

}  // namespace telex::config
