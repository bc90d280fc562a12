#pragma once
// "Did you mean ...?": the candidate that a mistyped word was probably meant to be.
#include <optional>
#include <span>
#include <string_view>

namespace telex {

// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment) that turn
// `a` into `b`, upper and lower case being equal. Cost: a.size() * b.size().
std::size_t edit_distance(std::string_view a, std::string_view b);

// The nearest candidate when it is near enough to be meant: a third of the word's letters wrong at
// most, but one always may be. An abbreviation of three letters or more counts as one wrong letter.
// Of equally near ones the first. Words over 64 bytes get no suggestion.
std::optional<std::string_view> closest(
    std::string_view word, std::span<const std::string_view> candidates
);

}  // namespace telex
