#pragma once
// Facts about this process: proc(5).
#include <cstdint>

namespace telex::admin {

struct ProcessFacts {
    double cpu_seconds = 0;
    double start_unix_seconds = 0;
    std::uint64_t resident_bytes = 0;
    std::uint64_t open_descriptors = 0;
    std::uint64_t most_descriptors = 0;
};

// Unreadable values are zero.
ProcessFacts process_facts();

}  // namespace telex::admin
