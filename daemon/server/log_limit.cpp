#include "server/log_limit.hpp"

#include "wire/errors.hpp"

#include <algorithm>

namespace telex::server {

bool LogLimit::admit(
    spdlog::level::level_enum level,
    std::uint64_t& suppressed,
    std::chrono::steady_clock::time_point now
) {
    Bucket& bucket = buckets_[static_cast<std::size_t>(level)];
    const std::int64_t second =
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    if (bucket.second.exchange(second, std::memory_order_relaxed) != second) {
        bucket.written.store(0, std::memory_order_relaxed);
    }
    if (bucket.written.fetch_add(1, std::memory_order_relaxed) >= per_second_) {
        bucket.suppressed.fetch_add(1, std::memory_order_relaxed);
        return false;
    }
    suppressed = bucket.suppressed.exchange(0, std::memory_order_relaxed);
    return true;
}

LogLimit& end_of_connection_log() {
    static LogLimit limit(50);
    return limit;
}

std::string printable_detail(std::string_view text) {
    std::string printable = wire::printable(text, 256);
    std::replace(printable.begin(), printable.end(), '"', '\'');
    return printable;
}

}  // namespace telex::server
