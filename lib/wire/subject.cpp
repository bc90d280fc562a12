#include "wire/subject.hpp"

#include "base/utf8.hpp"
#include "wire/token.hpp"

#include <algorithm>
#include <array>

namespace telex::wire {
namespace {

enum class Kind : std::uint8_t { plain, dot, wildcard, forbidden, high };

constexpr std::array<Kind, 256> kKinds = [] {
    std::array<Kind, 256> kinds{};
    for (std::size_t byte = 0; byte < kinds.size(); ++byte) {
        if (byte <= 0x20 || byte == 0x7F) {
            kinds[byte] = Kind::forbidden;
        } else if (byte >= 0x80) {
            kinds[byte] = Kind::high;
        }
    }
    kinds['.'] = Kind::dot;
    kinds['*'] = Kind::wildcard;
    kinds['>'] = Kind::wildcard;
    return kinds;
}();

// U+0080 to U+009F, the C1 control characters, are C2 80 to C2 9F; terminals interpret them.
constexpr bool is_high_control(char first, char second) {
    const auto byte = static_cast<unsigned char>(second);
    return static_cast<unsigned char>(first) == 0xC2 && byte >= 0x80 && byte <= 0x9F;
}

// The part of the check that ASCII subjects skip.
std::optional<SubjectError> check_high(std::string_view text) {
    if (!is_utf8(text)) {
        return SubjectError::bad_utf8;
    }
    for (std::size_t at = 0; at + 1 < text.size(); ++at) {
        if (is_high_control(text[at], text[at + 1])) {
            return SubjectError::bad_character;
        }
    }
    return std::nullopt;
}

// Returns whether the wildcard at `at` is a whole token and a '>' the last one.
bool stands_alone(std::string_view filter, std::size_t at) {
    const bool begins = at == 0 || filter[at - 1] == '.';
    const bool last = at + 1 == filter.size();
    return begins && (last || (filter[at] == '*' && filter[at + 1] == '.'));
}

// One pass for both: subjects and filters differ only in the meaning of wildcards.
template <bool kWildcards>
std::optional<SubjectError> check(std::string_view text, const SubjectLimits& limits) {
    if (text.empty()) {
        return SubjectError::empty;
    }
    if (text.size() > limits.max_bytes) {
        return SubjectError::too_long;
    }
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* token = begin;
    std::size_t tokens = 1;
    bool high = false;
    for (const char* at = begin; at != end; ++at) {
        const Kind kind = kKinds[static_cast<unsigned char>(*at)];
        if (kind == Kind::plain) [[likely]] {
            continue;
        }
        if (kind == Kind::dot) {
            if (at == token) {
                return SubjectError::empty_token;
            }
            token = at + 1;
            ++tokens;
        } else if (kind == Kind::high) {
            high = true;
        } else if (kind == Kind::forbidden) {
            return SubjectError::bad_character;
        } else if constexpr (!kWildcards) {
            return SubjectError::wildcard_not_allowed;
        } else if (!stands_alone(text, static_cast<std::size_t>(at - begin))) {
            return SubjectError::misplaced_wildcard;
        }
    }
    if (token == end) {
        return SubjectError::empty_token;
    }
    if (tokens > limits.max_tokens) {
        return SubjectError::too_many_tokens;
    }
    return high ? check_high(text) : std::nullopt;
}

// Removes the first token from `rest`; `rest` is nullopt after the last.
std::string_view take_token(std::optional<std::string_view>& rest) {
    const std::string_view text = *rest;
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos) {
        rest.reset();
        return text;
    }
    rest = text.substr(dot + 1);
    return text.substr(0, dot);
}

bool belongs_in_token(std::string_view character) {
    if (character.size() == 1) {
        return kKinds[static_cast<unsigned char>(character[0])] == Kind::plain;
    }
    return !is_high_control(character[0], character[1]);
}

// The byte of a token in place of each byte; used for those of ASCII.
constexpr std::array<char, 256> kTokenBytes = [] {
    std::array<char, 256> bytes{};
    for (std::size_t byte = 0; byte < bytes.size(); ++byte) {
        bytes[byte] = kKinds[byte] == Kind::plain ? static_cast<char>(byte) : '-';
    }
    return bytes;
}();

// Moves a character to the token, or a '-' in its place.
void append_character(std::string& out, std::string_view& text) {
    const std::size_t length = utf8_length(text);
    const std::string_view character = text.substr(0, length == 0 ? 1 : length);
    if (length != 0 && belongs_in_token(character)) {
        out += character;
    } else {
        out += '-';
    }
    text.remove_prefix(character.size());
}

}  // namespace

std::optional<SubjectError> check_subject(std::string_view subject, const SubjectLimits& limits) {
    return check<false>(subject, limits);
}

std::optional<SubjectError> check_filter(std::string_view filter, const SubjectLimits& limits) {
    return check<true>(filter, limits);
}

std::optional<SubjectError> check_queue_group(std::string_view name) {
    return check<false>(name, {.max_bytes = kMaxQueueGroupBytes});
}

std::string_view text_of(SubjectError error) {
    switch (error) {
        case SubjectError::empty:
            return "is empty";
        case SubjectError::too_long:
            return "is too long";
        case SubjectError::too_many_tokens:
            return "has too many tokens";
        case SubjectError::empty_token:
            return "has an empty token";
        case SubjectError::bad_character:
            return "contains a space or a control character";
        case SubjectError::bad_utf8:
            return "is not UTF-8";
        case SubjectError::misplaced_wildcard:
            return "has a wildcard that is not a whole token, or a '>' that is not the last one";
        case SubjectError::wildcard_not_allowed:
            return "contains '*' or '>', which is for filters";
    }
    return "is not valid";
}

bool is_reserved(std::string_view subject) {
    return subject.starts_with('$') || subject.starts_with("_REPLY.");
}

bool matches(std::string_view filter, std::string_view subject) {
    std::optional<std::string_view> filter_rest = filter;
    std::optional<std::string_view> subject_rest = subject;
    while (filter_rest && subject_rest) {
        const std::string_view wanted = take_token(filter_rest);
        if (wanted == ">") {
            return true;
        }
        const std::string_view token = take_token(subject_rest);
        if (wanted != "*" && wanted != token) {
            return false;
        }
    }
    return !filter_rest && !subject_rest;
}

bool is_literal(std::string_view filter) {
    return filter.find_first_of("*>") == std::string_view::npos;
}

void append_token(std::string& out, std::string_view text) {
    if (text.empty()) {
        out += '-';
        return;
    }
    if (is_ascii(text)) [[likely]] {
        const std::size_t begin = out.size();
        out.append(text);
        char* const end = out.data() + out.size();
        for (char* at = out.data() + begin; at != end; ++at) {
            *at = kTokenBytes[static_cast<unsigned char>(*at)];
        }
        return;
    }
    while (!text.empty()) {
        append_character(out, text);
    }
}

std::string make_token(std::string_view text) {
    std::string token;
    token.reserve(text.size());
    append_token(token, text);
    return token;
}

}  // namespace telex::wire
