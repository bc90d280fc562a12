#pragma once
// Changes of a stream's settings, and streams beside each other in an account.
#include "streams/stream_options.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace telex::streams {

enum class ChangeEffect : std::uint8_t {
    impossible,  // the stream must be removed and created again
    loses_data,  // stored records or remembered ids would go; allowed with force
};

// A changed setting that needs attention. Other changes apply at once.
struct ChangeProblem {
    std::string_view setting;  // the name of the member; a literal
    ChangeEffect effect = ChangeEffect::impossible;
    std::string text;  // a predicate, such as "removes the oldest messages"
};

// The present contents of the stream: a lower limit loses data only if it is exceeded.
struct StreamFill {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
    std::uint64_t most_per_subject = 0;  // 0 if not known: a lower limit then counts as a loss
    std::uint64_t subjects = 0;
    std::uint64_t consumers = 0;
    Duration oldest_age{};
};

// Requires that both options pass check(). Returns all problems; empty if the change is harmless.
[[nodiscard]] std::vector<ChangeProblem> check_change(
    const StreamOptions& before, const StreamOptions& after, const StreamFill& fill
);

// Two streams of one account that would both store a subject.
struct StreamOverlap {
    std::string_view stream;   // the other one; valid as long as its options
    std::string_view subject;  // of the candidate
    std::string_view other;    // of the other stream
};

// Compares a stream with the others of its account; one with the same name is skipped, because it
// is the one that changes. Returns all overlaps.
[[nodiscard]] std::vector<StreamOverlap> check_overlap(
    const StreamOptions& candidate, std::span<const StreamOptions* const> others
);

}  // namespace telex::streams
