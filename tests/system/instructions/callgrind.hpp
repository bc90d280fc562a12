#pragma once
// How the programs of this folder give their counts to instructions_test.py: callgrind writes a
// dump for each path, whose description is "1000 x decode lines 16", what was counted for how many.
#include <valgrind/callgrind.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string>

namespace telex::testing {

// Begins to count the calling thread's instructions, or ends it.
inline void toggle_counting() {
    CALLGRIND_TOGGLE_COLLECT;
}

// Dumps what was counted since the last dump.
inline void dump_counts(const std::string& path, std::size_t units) {
    const std::string description = std::to_string(units) + " x " + path;
    CALLGRIND_DUMP_STATS_AT(description.c_str());
}

inline void require(bool condition, std::source_location place = std::source_location::current()) {
    if (!condition) {
        std::fprintf(stderr, "%s:%u: not as required\n", place.file_name(), place.line());
        std::abort();
    }
}

}  // namespace telex::testing
