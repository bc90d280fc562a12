#pragma once
// The rates of a connection's bytes between its last two looks, which are about a second apart.
//
// Owner and thread: the connection's. Time is passed in.
#include "base/time.hpp"

#include <cstdint>

namespace telex::server {

class TrafficRates {
public:
    // `began`: when its first byte could come.
    explicit TrafficRates(TimePoint began) : seen_at_(began) {}

    // `received`, `sent`: bytes since the beginning.
    void sample(TimePoint now, std::uint64_t received, std::uint64_t sent);

    // Bytes a second; 0 before the first look.
    std::uint64_t received() const { return static_cast<std::uint64_t>(received_); }

    std::uint64_t sent() const { return static_cast<std::uint64_t>(sent_); }

private:
    TimePoint seen_at_;
    std::uint64_t seen_received_ = 0;
    std::uint64_t seen_sent_ = 0;
    // Half as large as numbers of bytes; whole up to 16 MB/s, and to seven digits above.
    float received_ = 0;
    float sent_ = 0;
};

}  // namespace telex::server
