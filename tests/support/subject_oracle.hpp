#pragma once
// Subjects a second time, written as the grammar reads and without thought of speed: what the unit
// tests and the fuzzer compare lib/wire/subject.hpp with.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::testing {

// The code points of a text; nothing when it is not UTF-8.
inline std::optional<std::vector<std::uint32_t>> code_points(std::string_view text) {
    std::vector<std::uint32_t> points;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto first = static_cast<unsigned char>(text[at]);
        std::size_t more = 0;
        std::uint32_t point = first;
        if (first >= 0xF0 && first <= 0xF7) {
            more = 3;
            point = first & 0x07U;
        } else if (first >= 0xE0 && first <= 0xEF) {
            more = 2;
            point = first & 0x0FU;
        } else if (first >= 0xC0 && first <= 0xDF) {
            more = 1;
            point = first & 0x1FU;
        } else if (first >= 0x80) {
            return std::nullopt;
        }
        if (at + more >= text.size()) {
            return std::nullopt;
        }
        for (std::size_t index = 1; index <= more; ++index) {
            const auto next = static_cast<unsigned char>(text[at + index]);
            if (next < 0x80 || next > 0xBF) {
                return std::nullopt;
            }
            point = (point << 6U) | (next & 0x3FU);
        }
        constexpr std::uint32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
        const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
        if (point < kSmallest[more] || point > 0x10FFFF || surrogate) {
            return std::nullopt;
        }
        points.push_back(point);
        at += more + 1;
    }
    return points;
}

inline std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> tokens(1);
    for (const char byte : text) {
        if (byte == '.') {
            tokens.emplace_back();
        } else {
            tokens.back() += byte;
        }
    }
    return tokens;
}

inline bool valid_token(const std::string& token) {
    const auto points = code_points(token);
    if (token.empty() || !points) {
        return false;
    }
    for (const std::uint32_t point : *points) {
        const bool control = point <= 0x1F || (point >= 0x7F && point <= 0x9F);
        if (control || point == ' ' || point == '*' || point == '>') {
            return false;
        }
    }
    return true;
}

inline bool valid_subject(
    std::string_view text, bool wildcards, std::size_t max_bytes = 1024, std::size_t max_tokens = 32
) {
    const std::vector<std::string> tokens = split(text);
    if (text.size() > max_bytes || tokens.size() > max_tokens) {
        return false;
    }
    for (std::size_t index = 0; index < tokens.size(); ++index) {
        const bool last = index + 1 == tokens.size();
        const bool wildcard = wildcards && (tokens[index] == "*" || (tokens[index] == ">" && last));
        if (!wildcard && !valid_token(tokens[index])) {
            return false;
        }
    }
    return true;
}

inline bool tokens_match(
    const std::vector<std::string>& filter,
    const std::vector<std::string>& subject,
    std::size_t index = 0
) {
    if (index == filter.size() || index == subject.size()) {
        return filter.size() == subject.size();
    }
    if (filter[index] == ">") {
        return true;
    }
    return (filter[index] == "*" || filter[index] == subject[index]) &&
           tokens_match(filter, subject, index + 1);
}

}  // namespace telex::testing
