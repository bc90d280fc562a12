#pragma once
// Subjects: the names of topics, and the filters that select them.
//
//   subject = token *( "." token )                 billing.charge.eu
//   filter  = the same, where a token may be "*" (any one token), and the last one ">" (one or
//             more tokens)                         billing.*.eu   billing.>
//   token   = one or more characters of UTF-8 other than ".", "*", ">", space and the control
//             characters U+0000 to U+001F and U+007F to U+009F
//
// A wildcard counts only as a whole token, and the characters stand nowhere else: "foo*" and "f>o"
// are neither subjects nor filters. Case matters; nothing is normalised. The same rule holds on
// every transport, in every protocol and in the configuration.
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

// For the client, which checks the grammar only: the limits are the server's to set.
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

// A subject to publish on: no wildcard anywhere. Nothing when it is right; when several things are
// wrong, one of them.
[[nodiscard]] std::optional<SubjectError> check_subject(
    std::string_view subject, const SubjectLimits& limits = {}
);

// A filter to subscribe with.
[[nodiscard]] std::optional<SubjectError> check_filter(
    std::string_view filter, const SubjectLimits& limits = {}
);

// A queue group's name: a subject of at most kMaxQueueGroupBytes.
[[nodiscard]] std::optional<SubjectError> check_queue_group(std::string_view name);

// For people, such as "has an empty token".
std::string_view text_of(SubjectError error);

// Subjects of the exchange's own: the first byte is '$' (its responders and events), or they begin
// with "_REPLY." (where the answers of requests go). Holds for filters alike.
bool is_reserved(std::string_view subject);

// Does a valid filter select a valid subject? Plain and slow: the meaning that the daemon's trie is
// tested against. That filters with a leading wildcard do not see '$'-subjects is not its concern.
bool matches(std::string_view filter, std::string_view subject);

// True when a valid filter has no wildcard and thus selects one subject.
bool is_literal(std::string_view filter);

// Makes one valid token out of any text, such as a peer's address: each '.', '*', '>', white space,
// control character and byte that is not UTF-8 becomes '-', and so does the empty text.
std::string make_token(std::string_view text);

}  // namespace telex::wire
