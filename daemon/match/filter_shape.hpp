#pragma once
// The kinds of filters: one without wildcards is literal, and matches one subject only, its own
// text.
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace telex::match {

// Maximum tokens of a filter. Subjects may have more: then only filters that end in '>' match them.
// The configured limit of tokens must not be larger.
inline constexpr std::size_t kMaxTokens = 128;

// Names a filter in a SubjectTrie, from obtain() until erase(). Not 0.
using FilterRef = std::uint32_t;

enum class FilterError : std::uint8_t { empty, too_many_tokens, token_too_long, misplaced_tail };

enum class FilterShape : std::uint8_t { literal, with_wildcards };

// Returns an error for filters that would break the structure of a trie. The caller has validated
// the characters.
[[nodiscard]] Result<FilterShape, FilterError> shape_of(std::string_view filter);

}  // namespace telex::match
