#include "server/connection/traffic_rates.hpp"

#include <algorithm>
#include <chrono>

namespace telex::server {

namespace {

// At least one byte a second for any byte, so that 0 stands for silence.
std::uint64_t per_second(std::uint64_t bytes, double seconds) {
    const auto rate = static_cast<std::uint64_t>(static_cast<double>(bytes) / seconds);
    return std::max<std::uint64_t>(rate, bytes > 0 ? 1 : 0);
}

}  // namespace

void TrafficRates::sample(TimePoint now, std::uint64_t received, std::uint64_t sent) {
    // Shorter times make no rate: a connection may begin just before its first look.
    constexpr std::chrono::milliseconds kShortest{100};
    if (now - seen_at_ < kShortest) {
        return;
    }
    const double seconds = std::chrono::duration<double>(now - seen_at_).count();
    received_ = static_cast<float>(per_second(received - seen_received_, seconds));
    sent_ = static_cast<float>(per_second(sent - seen_sent_, seconds));
    seen_at_ = now;
    seen_received_ = received;
    seen_sent_ = sent;
}

}  // namespace telex::server
