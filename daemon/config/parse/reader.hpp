#pragma once
// Turns nodes into typed values: substitutes, checks type and range, reports what is wrong and goes
// on. Every read returns nothing after it reported; the key is then marked in the origins.
// Owner: one run of the loader.
#include "base/result.hpp"
#include "base/units.hpp"
#include "config/parse/environment.hpp"
#include "config/parse/origins.hpp"
#include "config/parse/report.hpp"
#include "config/parse/yaml_tree.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace telex::config {

// Inclusive. Sizes in bytes, durations in ticks of their type.
struct Range {
    std::uint64_t min = 1;
    std::uint64_t max = 1;
};

// A value after substitution.
struct Text {
    std::string value;
    // As it may be quoted in a message: of secrets what the file says.
    std::string quoted;
    // Parts come from files.
    bool secret = false;
};

// How a time of this unit is called, written and read.
template <class Time>
struct TimeText;

template <>
struct TimeText<std::chrono::milliseconds> {
    static constexpr std::string_view kType = "duration";
    static constexpr auto kParse = parse_duration;
    static constexpr auto kFormat = format_duration;
};

template <>
struct TimeText<std::chrono::microseconds> {
    static constexpr std::string_view kType = "short duration";
    static constexpr auto kParse = parse_short_duration;
    static constexpr auto kFormat = format_short_duration;
};

// Of a number of ticks.
template <class Time>
std::string format_ticks(std::uint64_t ticks) {
    return TimeText<Time>::kFormat(Time(static_cast<typename Time::rep>(ticks)));
}

class Reader {
public:
    Reader(const Environment& environment, Report& report, Origins& origins)
        : environment_(environment), report_(report), origins_(origins) {}

    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    std::optional<Text> text(const Node& node, const std::string& path);
    std::optional<std::uint64_t> size(const Node& node, const std::string& path, Range range);
    std::optional<std::uint64_t> count(const Node& node, const std::string& path, Range range);
    std::optional<std::int64_t> number(
        const Node& node, const std::string& path, std::int64_t min, std::int64_t max
    );
    // `range` in the ticks of Time, which has a TimeText.
    template <class Time>
    std::optional<Time> duration(const Node& node, const std::string& path, Range range);
    std::optional<bool> flag(const Node& node, const std::string& path);
    // Four octal digits, the first of them 0.
    std::optional<std::uint32_t> permissions(const Node& node, const std::string& path);
    // Bytes as the text's own or, after "hex:", in pairs of hexadecimal digits. Refuses notations
    // that mean other bytes than they seem to (byte_text.hpp).
    std::optional<std::string> bytes(const Node& node, const std::string& path);
    // The index of the word among `words`.
    std::optional<std::size_t> word(
        const Node& node, const std::string& path, std::span<const std::string_view> words
    );

    // True when there are entries to read; an empty section is one without entries.
    bool is_mapping(const Node& node, const std::string& path);
    // True when there is a value; reports an empty one.
    bool has_value(const Node& node, const std::string& path);
    // Reports a key that the mapping at `path` does not have.
    void require(
        const Node& node,
        const std::string& path,
        std::string_view key,
        std::string_view message = "is missing"
    );

    void error(
        Position at, const std::string& path, std::string_view message, std::string_view hint = {}
    );
    // `allowed` are the keys that may stand at `path`, `elsewhere` the paths of those in sections.
    void unknown_key(
        const Entry& entry,
        const std::string& path,
        std::span<const std::string_view> allowed,
        std::span<const std::string_view> elsewhere
    );

    Report& report() { return report_; }

    Origins& origins() { return origins_; }

    const Environment& environment() const { return environment_; }

private:
    std::optional<std::uint64_t> in_range(
        const Node& node,
        const std::string& path,
        const Result<std::uint64_t, std::string>& parsed,
        const Text& text,
        Range range,
        std::string (*format)(std::uint64_t)
    );

    const Environment& environment_;
    Report& report_;
    Origins& origins_;
};

// "a, b or c".
std::string enumerate(std::span<const std::string_view> words, std::string_view last = "or");
// "; did you mean 'x'?" or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace telex::config
