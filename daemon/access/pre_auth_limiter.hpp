#pragma once
// Limits the peers before authentication: their number, and their failed attempts.
//
// A source is a network that one party may own (net::network_of). One source gets at most a quarter
// of the slots, so that a crowd from one of them leaves room for the others.
//
// Failures: a source may fail kFailures times at once, and once more in each kForgiveness.
//
// Thread: one at a time.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace telex::access {

class PreAuthLimiter {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    static constexpr std::uint32_t kFailures = 10;
    static constexpr std::chrono::seconds kForgiveness{6};
    // Maximum number of sources whose failures are stored.
    static constexpr std::size_t kMostSources = 4'096;

    explicit PreAuthLimiter(std::uint32_t slots) : slots_(slots) {}

    void set_slots(std::uint32_t slots) { slots_ = slots; }

    // Returns false if this source has reached its share. An empty source has no separate share.
    [[nodiscard]] bool enter(const std::string& source);
    void leave(const std::string& source);

    bool may_try(const std::string& source, TimePoint now) const;
    void has_failed(const std::string& source, TimePoint now);

private:
    void forget_some(TimePoint now);

    std::uint32_t slots_;
    std::uint32_t present_ = 0;
    std::unordered_map<std::string, std::uint32_t> present_of_;
    // When all failures of a source are forgiven.
    std::unordered_map<std::string, TimePoint> forgiven_at_;
};

}  // namespace telex::access
