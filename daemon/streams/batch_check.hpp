#pragma once
// Whether a batch can be accepted as a whole, before any of it is.
//
// Only what the messages of the batch change for each other is added up: their number, bytes, new
// subjects, ids and counts per subject. Where a message would depend on another one of its batch in
// a more complicated way (a condition, a roll-up), the batch is refused.
#include "streams/stream_state.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>

namespace telex::streams {

// For one call of decide_batch().
class BatchCheck {
public:
    // The state must outlive the check.
    explicit BatchCheck(const StreamState& state) : state_(state) {}

    std::optional<Refusal> run(std::span<const Offer> offers);

    // After run() returned no refusal: the sequence of the first message if the batch was stored
    // before, otherwise kNoSequence.
    Sequence duplicate_of() const { return duplicate_of_; }

private:
    std::optional<Refusal> check_duplicates(std::span<const Offer> offers);
    std::optional<Refusal> check_offer(const Offer& offer, bool is_first);
    std::optional<Refusal> check_sums(std::size_t messages) const;

    const StreamState& state_;
    Sequence duplicate_of_ = kNoSequence;
    std::unordered_map<std::string_view, std::uint64_t> counts_;  // by subject
    std::uint64_t bytes_ = 0;
    std::uint64_t new_subjects_ = 0;
    std::uint64_t ids_ = 0;
    std::size_t growth_ = 0;
};

}  // namespace telex::streams
