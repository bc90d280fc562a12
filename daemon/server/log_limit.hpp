#pragma once
// Keeps log lines that a peer can cause from filling the disk: so many per second and severity, and
// the number of those left out with the next one that is written.
#include "base/second_limit.hpp"

#include <spdlog/common.h>

#include <array>
#include <chrono>
#include <cstdint>

namespace telex::server {

// Any thread.
class LogLimit {
public:
    explicit LogLimit(std::uint32_t per_second) : per_second_(per_second) {}

    // True: write the line, and say in it that `suppressed` lines of its kind were left out.
    bool admit(
        spdlog::level::level_enum level,
        std::uint64_t& suppressed,
        std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now()
    );

private:
    std::uint32_t per_second_;
    std::array<SecondLimit, spdlog::level::n_levels> limits_;
};

// The ends of connections, which peers cause at will.
LogLimit& end_of_connection_log();

}  // namespace telex::server
