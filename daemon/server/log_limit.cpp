#include "server/log_limit.hpp"

namespace telex::server {

bool LogLimit::admit(
    spdlog::level::level_enum level,
    std::uint64_t& suppressed,
    std::chrono::steady_clock::time_point now
) {
    return limits_[static_cast<std::size_t>(level)].admit(per_second_, suppressed, now);
}

LogLimit& end_of_connection_log() {
    static LogLimit limit(50);
    return limit;
}

}  // namespace telex::server
