#pragma once
// Those who are not known yet: how many of them may stand before the door, and who of them has
// failed too often.
//
// A source is a network as one party may own it (net::network_of). No more than a quarter of the
// places is for one source, so that a crowd from one of them leaves room for the others.
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

class Strangers {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    static constexpr std::uint32_t kFailures = 10;
    static constexpr std::chrono::seconds kForgiveness{6};
    // Sources that are remembered for their failures.
    static constexpr std::size_t kMostSources = 4'096;

    explicit Strangers(std::uint32_t places) : places_(places) {}

    void set_places(std::uint32_t places) { places_ = places; }

    // Returns false if this source has reached its share. An empty source has no separate share.
    [[nodiscard]] bool enter(const std::string& source);
    void leave(const std::string& source);

    bool may_try(const std::string& source, TimePoint now) const;
    void has_failed(const std::string& source, TimePoint now);

private:
    void forget_some(TimePoint now);

    std::uint32_t places_;
    std::uint32_t present_ = 0;
    std::unordered_map<std::string, std::uint32_t> present_of_;
    // When all failures of a source are forgiven.
    std::unordered_map<std::string, TimePoint> forgiven_at_;
};

}  // namespace telex::access
