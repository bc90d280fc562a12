#pragma once
// Subjects: the names of topics, and the filters that select them.
//
//   subject = token *( "." token )                 billing.charge.eu
//   filter  = the same, where a token may be "*" (any one token), and the last one ">" (one or
//             more tokens)                         billing.*.eu   billing.>
//   token   = one or more characters of UTF-8 other than ".", "*", ">", space and the control
//             characters U+0000 to U+001F and U+007F to U+009F
//
// Wildcards are whole tokens only: "foo*" and "f>o" are neither subjects nor filters. Case matters;
// nothing is normalised. The same rule applies to every transport, every protocol and the
// configuration.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace telex::wire {

struct SubjectLimits {
    std::size_t max_bytes = 1024;
    std::size_t max_tokens = 32;
};

// For the client, which checks only the grammar: the server sets the limits.
inline constexpr SubjectLimits kNoSubjectLimits{
    std::numeric_limits<std::size_t>::max(), std::numeric_limits<std::size_t>::max()
};

inline constexpr std::size_t kMaxQueueGroupBytes = 255;

enum class SubjectError : std::uint8_t {
    empty,
    too_long,
    too_many_tokens,
    empty_token,
    bad_character,
    bad_utf8,
    misplaced_wildcard,
    wildcard_not_allowed,
};

// Checks a subject to publish on: no wildcards. Returns nullopt if valid, else one of the errors.
[[nodiscard]] std::optional<SubjectError> check_subject(
    std::string_view subject, const SubjectLimits& limits = {}
);

// Checks a filter to subscribe with.
[[nodiscard]] std::optional<SubjectError> check_filter(
    std::string_view filter, const SubjectLimits& limits = {}
);

// Checks a queue group's name: a subject of at most kMaxQueueGroupBytes.
[[nodiscard]] std::optional<SubjectError> check_queue_group(std::string_view name);

// A predicate for messages, such as "has an empty token".
std::string_view text_of(SubjectError error);

// Subjects reserved for the exchange: the first byte is '$' (its responders and events), or they
// begin with "_REPLY." (reply subjects of requests). Applies to filters as well.
bool is_reserved(std::string_view subject);

// Returns whether a valid filter selects a valid subject. Plain and slow: the reference for tests
// of the daemon's trie. Does not hide '$'-subjects from filters with a leading wildcard.
bool matches(std::string_view filter, std::string_view subject);

// Returns true if a valid filter has no wildcard and so selects one subject.
bool is_literal(std::string_view filter);

// Makes one valid token of any text, such as a peer's address: each '.', '*', '>', white space,
// control character and byte that is not UTF-8 becomes '-', and the empty text becomes "-".
std::string make_token(std::string_view text);

}  // namespace telex::wire
