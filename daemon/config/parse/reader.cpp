#include "config/parse/reader.hpp"

#include "base/suggest.hpp"
#include "base/units.hpp"
#include "config/parse/byte_text.hpp"
#include "config/parse/substitution.hpp"
#include "config/parse/value_error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace telex::config {

namespace {

std::string plain_number(std::uint64_t value) {
    return fmt::format("{}", value);
}

std::string as_size(std::uint64_t value) {
    return format_size(value);
}

// 0 needs no unit.
template <class Time>
[[nodiscard]] Result<std::uint64_t, std::string> parse_ticks(std::string_view text) {
    if (text == "0") {
        return std::uint64_t{0};
    }
    return TimeText<Time>::kParse(text).map([](Time time) {
        return static_cast<std::uint64_t>(time.count());
    });
}

// Advice for a key that belongs to another section, also if it is misspelled.
std::string misplaced(std::string_view key, std::span<const std::string_view> paths) {
    std::vector<std::string_view> leaves;
    for (const std::string_view path : paths) {
        leaves.push_back(path.substr(path.rfind('.') + 1));
        if (path == key) {
            key = leaves.back();  // "limits.max_frame", as one word
        }
    }
    const auto meant = closest(key, leaves);
    if (!meant) {
        return "";
    }
    const auto index = std::find(leaves.begin(), leaves.end(), *meant) - leaves.begin();
    const std::string_view path = paths[static_cast<std::size_t>(index)];
    const std::string_view section = path.substr(0, path.rfind('.'));
    return key == *meant ? fmt::format("; '{}' belongs under '{}'", key, section)
                         : fmt::format("; did you mean '{}' under '{}'?", *meant, section);
}

std::optional<unsigned> hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return static_cast<unsigned>(c - '0');
    }
    const char lower = static_cast<char>(c | 0x20);
    if (lower >= 'a' && lower <= 'f') {
        return static_cast<unsigned>(lower - 'a') + 10;
    }
    return std::nullopt;
}

std::optional<std::string> from_hex(std::string_view digits) {
    std::string bytes;
    if (digits.empty() || digits.size() % 2 != 0) {
        return std::nullopt;
    }
    for (std::size_t at = 0; at < digits.size(); at += 2) {
        const auto high = hex_digit(digits[at]);
        const auto low = hex_digit(digits[at + 1]);
        if (!high || !low) {
            return std::nullopt;
        }
        bytes += static_cast<char>(*high * 16 + *low);
    }
    return bytes;
}

}  // namespace

std::string enumerate(std::span<const std::string_view> words, std::string_view last) {
    if (words.size() < 2) {
        return words.empty() ? "" : std::string(words.front());
    }
    return fmt::format(
        "{} {} {}", fmt::join(words.first(words.size() - 1), ", "), last, words.back()
    );
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
    const auto meant = closest(word, candidates);
    return meant ? fmt::format("; did you mean '{}'?", *meant) : "";
}

void Reader::error(
    Position at, const std::string& path, std::string_view message, std::string_view hint
) {
    origins_.fail(path);
    const auto setting = origins_.settings().find(path);
    if (setting != origins_.settings().end() && setting->second.secret) {
        report_.error(at, fmt::format("{}: {}", path, withheld(setting->second.shown)), expected_);
        return;
    }
    report_.error(at, fmt::format("{}: {}", path, message), hint);
}

void Reader::unknown_key(
    const Entry& entry,
    const std::string& path,
    std::span<const std::string_view> allowed,
    std::span<const std::string_view> elsewhere
) {
    if (report_.full()) {
        report_.error(entry.at, {});  // counted only: suggestions are expensive
        return;
    }
    const auto meant = closest(entry.key, allowed);
    if (meant) {
        // The key is misspelled, not missing.
        origins_.fail(join(path, *meant));
    }
    const std::string where = path.empty() ? "" : fmt::format(" in {}", path);
    const std::string advice =
        meant ? fmt::format("; did you mean '{}'?", *meant) : misplaced(entry.key, elsewhere);
    report_.error(
        entry.at,
        fmt::format("unknown key '{}'{}{}", shown(entry.key), where, advice),
        fmt::format("allowed: {}", fmt::join(allowed, ", "))
    );
}

bool Reader::has_value(const Node& node, const std::string& path) {
    if (node.kind == Node::Kind::refused) {
        origins_.fail(path);
        return false;
    }
    if (node.kind == Node::Kind::empty) {
        error(node.at, path, "has no value; set one or remove the key");
        return false;
    }
    return true;
}

void Reader::require(const Node& node, const std::string& path, std::string_view key) {
    const std::string where = join(path, key);
    if (!origins_.given(where) && origins_.good(where)) {
        error(node.at, where, "required key is missing");
    }
}

std::optional<Text> Reader::text(const Node& node, const std::string& path) {
    if (!has_value(node, path)) {
        return std::nullopt;
    }
    if (node.kind != Node::Kind::text) {
        error(node.at, path, fmt::format("expected a single value, found {}", describe(node.kind)));
        return std::nullopt;
    }
    auto substituted = substitute(node.text, environment_);
    if (!substituted) {
        error(node.at, path, substituted.error());
        return std::nullopt;
    }
    std::string quoted =
        fmt::format("'{}'", shown(substituted->secret ? node.text : substituted->text));
    origins_.read(path, {substituted->text, quoted, node.at, substituted->secret});
    return Text{std::move(substituted->text), std::move(quoted)};
}

std::optional<std::uint64_t> Reader::in_range(
    const Node& node,
    const std::string& path,
    const Result<std::uint64_t, std::string>& parsed,
    const Text& text,
    Range range,
    std::string (*format)(std::uint64_t)
) {
    if (!parsed) {
        error(node.at, path, fmt::format("{} {}", text.quoted, parsed.error()), expected_);
        return std::nullopt;
    }
    if (*parsed >= range.min && *parsed <= range.max) {
        return *parsed;
    }
    const std::string_view zero = *parsed == 0 ? " (0 never means unlimited)" : "";
    const std::string limit = *parsed < range.min
                                  ? fmt::format("below the minimum of {}", format(range.min))
                                  : fmt::format("above the maximum of {}", format(range.max));
    error(node.at, path, fmt::format("{} is {}{}", text.quoted, limit, zero), expected_);
    return std::nullopt;
}

std::optional<std::uint64_t> Reader::size(const Node& node, const std::string& path, Range range) {
    const auto value = text(node, path);
    if (!value) {
        return std::nullopt;
    }
    auto parsed =
        value->value == "0" ? Result<std::uint64_t, std::string>(0U) : parse_size(value->value);
    return in_range(node, path, parsed, *value, range, as_size);
}

std::optional<std::uint64_t> Reader::count(const Node& node, const std::string& path, Range range) {
    const auto value = text(node, path);
    return value ? in_range(node, path, parse_count(value->value), *value, range, plain_number)
                 : std::nullopt;
}

template <class Time>
std::optional<Time> Reader::duration(const Node& node, const std::string& path, Range range) {
    const auto value = text(node, path);
    if (!value) {
        return std::nullopt;
    }
    const auto ticks = parse_ticks<Time>(value->value);
    const auto number = in_range(node, path, ticks, *value, range, format_ticks<Time>);
    return number ? std::optional(Time(static_cast<typename Time::rep>(*number))) : std::nullopt;
}

template std::optional<std::chrono::milliseconds> Reader::duration(
    const Node& node, const std::string& path, Range range
);
template std::optional<std::chrono::microseconds> Reader::duration(
    const Node& node, const std::string& path, Range range
);

std::optional<std::int64_t> Reader::number(
    const Node& node, const std::string& path, std::int64_t min, std::int64_t max
) {
    const auto value = text(node, path);
    if (!value) {
        return std::nullopt;
    }
    const bool negative = value->value.starts_with('-');
    const auto parsed = parse_count(std::string_view(value->value).substr(negative ? 1 : 0));
    const auto limit = static_cast<std::uint64_t>(negative ? -min : max);
    if (parsed && *parsed <= limit) {
        const auto magnitude = static_cast<std::int64_t>(*parsed);
        return negative ? -magnitude : magnitude;
    }
    error(
        node.at,
        path,
        fmt::format("{} {}", value->quoted, parsed ? "is out of range" : parsed.error()),
        expected_
    );
    return std::nullopt;
}

std::optional<bool> Reader::boolean(const Node& node, const std::string& path) {
    const auto value = text(node, path);
    if (!value) {
        return std::nullopt;
    }
    if (value->value == "true" || value->value == "false") {
        return value->value == "true";
    }
    error(node.at, path, fmt::format("{} is not a boolean", value->quoted), expected_);
    return std::nullopt;
}

std::optional<std::uint32_t> Reader::permissions(const Node& node, const std::string& path) {
    const auto value = text(node, path);
    if (!value) {
        return std::nullopt;
    }
    const std::string& digits = value->value;
    std::uint32_t bits = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), bits, 8);
    if (digits.size() == 4 && digits[0] == '0' && parsed.ec == std::errc{} &&
        parsed.ptr == digits.data() + digits.size()) {
        return bits;
    }
    error(
        node.at, path, fmt::format("{} is not a set of permission bits", value->quoted), expected_
    );
    return std::nullopt;
}

std::optional<std::string> Reader::bytes(const Node& node, const std::string& path) {
    const auto value = text(node, path);
    if (!value) {
        return std::nullopt;
    }
    if (const auto fault = fault_of_bytes(
            {value->value, value->quoted, report_.source(node.at), value->value != node.text}
        )) {
        error(node.at, path, fault->message, fault->hint);
        return std::nullopt;
    }
    constexpr std::string_view kHex = "hex:";
    if (!value->value.starts_with(kHex)) {
        return value->value;
    }
    auto bytes = from_hex(std::string_view(value->value).substr(kHex.size()));
    if (!bytes) {
        error(
            node.at,
            path,
            fmt::format("{} is not hexadecimal", value->quoted),
            "expected an even number of hexadecimal digits, such as hex:0d0a"
        );
    }
    return bytes;
}

std::optional<std::size_t> Reader::word(
    const Node& node, const std::string& path, std::span<const std::string_view> words
) {
    const auto value = text(node, path);
    if (!value) {
        return std::nullopt;
    }
    const auto found = std::find(words.begin(), words.end(), value->value);
    if (found != words.end()) {
        return static_cast<std::size_t>(found - words.begin());
    }
    error(
        node.at,
        path,
        fmt::format(
            "{} is not an allowed value{}", value->quoted, did_you_mean(value->value, words)
        ),
        expected_
    );
    return std::nullopt;
}

}  // namespace telex::config
