#pragma once
// Limits attempts to authenticate with wrong credentials, over all listeners and HTTP.
//
// Of one source: it may fail kFailures times at once, and once more in each kForgiveness. A source
// is what one party owns and others do not: a network, a user of the system, or a user name. An
// empty source has only the common limit.
//
// Of all sources together: kFailuresPerSecond. Beyond that attempts wait for their turns, in the
// order in which they came, so that a valid one among them waits as long as the others and is not
// refused. Without failures no attempt waits.
//
// Thread: one at a time.
#include "base/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace telex::access {

class AttemptLimiter {
public:
    static constexpr std::uint32_t kFailures = 10;
    static constexpr std::chrono::seconds kForgiveness{6};
    // Maximum number of sources whose failures are stored.
    static constexpr std::size_t kMostSources = 4'096;

    static constexpr std::uint32_t kFailuresPerSecond = 1'000;
    static constexpr std::uint32_t kFailuresAtOnce = 100;
    static constexpr std::chrono::seconds kLongestWait{1};

    struct Turn {
        TimePoint at;           // not before this time
        bool reserved = false;  // it is later; pass it to has_failed(), or give it back
    };

    // The turn of an attempt. Returns nullopt if it must not be checked: its source has failed too
    // often, or too many wait.
    [[nodiscard]] std::optional<Turn> take_turn(const std::string& source, TimePoint now);
    // A reserved turn is not needed.
    void give_back_turn();
    // Returns whether a turn now is free.
    [[nodiscard]] bool may_try(const std::string& source, TimePoint now) const;

    void has_failed(const std::string& source, TimePoint now, bool reserved = false);

private:
    bool is_penalised(const std::string& source, TimePoint now) const;
    void forget_some(TimePoint now);

    // When all failures of a source are forgiven.
    std::unordered_map<std::string, TimePoint> forgiven_at_;
    // When the failures and reserved turns of all sources are used up.
    TimePoint used_until_{};
};

}  // namespace telex::access
