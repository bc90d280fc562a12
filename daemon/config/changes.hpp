#pragma once
// How two configurations differ: what a reload would change, and whether it can.
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
    // With names instead of numbers: "listeners[native].limits.max_frame"; of a listener that came
    // or went as a whole only "listeners[native]".
    std::string path;
    std::string before;
    std::string after;
    Position at;  // in the new file; nowhere for what was removed
    Reload reload = Reload::hot;
};

// In the order of their paths. What is `renamed` goes by its new name; its name is a change, too.
std::vector<Change> changes_between(
    const Settings& before, const Settings& after, const server::Renames& renamed = {}
);

// "listeners[native].limits.max_connections: '10' -> '20'"
std::string to_string(const Change& change);

}  // namespace telex::config
