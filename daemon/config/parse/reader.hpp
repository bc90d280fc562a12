#pragma once
// Turns nodes into typed values: substitutes variables and checks type and range. A read that fails
// reports an error, marks the path in the origins and returns nothing; the run continues.
// Owner: one run of the loader.
#include "base/result.hpp"
#include "base/units.hpp"
#include "config/parse/environment.hpp"
#include "config/parse/origins.hpp"
#include "config/parse/report.hpp"
#include "config/parse/yaml_tree.hpp"

#include <fmt/format.h>

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
    // For messages, with quotes. For secrets this is the text of the file before substitution.
    std::string quoted;
};

// Parser and formatter of a unit of time.
template <class Time>
struct TimeText;

template <>
struct TimeText<std::chrono::milliseconds> {
    static constexpr auto kParse = parse_duration;
    static constexpr auto kFormat = format_duration;
};

template <>
struct TimeText<std::chrono::microseconds> {
    static constexpr auto kParse = parse_short_duration;
    static constexpr auto kFormat = format_short_duration;
};

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
    // `range` is in ticks of Time, which has a TimeText.
    template <class Time>
    std::optional<Time> duration(const Node& node, const std::string& path, Range range);
    std::optional<bool> boolean(const Node& node, const std::string& path);
    // Four octal digits, the first of which is 0.
    std::optional<std::uint32_t> permissions(const Node& node, const std::string& path);
    // The bytes of the text or, after "hex:", pairs of hexadecimal digits. Refuses misleading
    // notations (byte_text.hpp).
    std::optional<std::string> bytes(const Node& node, const std::string& path);
    // Returns the index of the word in `words`.
    std::optional<std::size_t> word(
        const Node& node, const std::string& path, std::span<const std::string_view> words
    );

    // Returns false, and reports an error, if the value is empty.
    bool has_value(const Node& node, const std::string& path);
    // Reports an error if the mapping at `path` does not have the key.
    void require(const Node& node, const std::string& path, std::string_view key);

    // If the value at `path` is secret, the message is replaced: it may quote it.
    void error(
        Position at, const std::string& path, std::string_view message, std::string_view hint = {}
    );
    // `allowed` are the keys of the mapping at `path`, `elsewhere` the paths of keys in sections.
    void unknown_key(
        const Entry& entry,
        const std::string& path,
        std::span<const std::string_view> allowed,
        std::span<const std::string_view> elsewhere
    );

    // Describes the values that the next key takes: the hint of errors about their type or range.
    void expect(std::string_view values) { expected_ = fmt::format("expected {}", values); }

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
    std::string expected_;
};

// "a, b or c".
std::string enumerate(std::span<const std::string_view> words, std::string_view last = "or");
// Returns "; did you mean 'x'?", or an empty text if no candidate is close.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace telex::config
