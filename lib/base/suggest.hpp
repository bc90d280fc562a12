#pragma once
// "Did you mean ...?": finds the candidate that a mistyped word most likely meant.
#include <optional>
#include <span>
#include <string_view>

namespace telex {

// Number of insertions, deletions, replacements and swaps of neighbours (optimal string alignment)
// that turn `a` into `b`; case is ignored. Cost: a.size() * b.size().
std::size_t edit_distance(std::string_view a, std::string_view b);

// Returns the nearest candidate within a third of the word's length, but at least one edit. An
// abbreviation of three letters or more counts as one edit. The first of equally near candidates
// wins. Words over 64 bytes get no suggestion.
std::optional<std::string_view> closest(
    std::string_view word, std::span<const std::string_view> candidates
);

}  // namespace telex
