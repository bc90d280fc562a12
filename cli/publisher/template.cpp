#include "cli/publisher/template.hpp"

#include "base/units.hpp"
#include "cli/terminal/table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace telex::cli {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";
constexpr std::string_view kRandom = "random ";
constexpr std::uint64_t kMaxRandom = 1'048'576;

std::string random_text(std::uint64_t size, const TemplateValues& values) {
    constexpr std::string_view kLetters =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string text(size, '\0');
    std::ranges::generate(text, [&] { return kLetters[values.random() % kLetters.size()]; });
    return text;
}

// RFC 9562: version 4, variant 10.
std::string uuid(const TemplateValues& values) {
    const std::uint64_t high = (values.random() & ~std::uint64_t{0xF000}) | 0x4000U;
    const std::uint64_t low = (values.random() >> 2U) | (std::uint64_t{1} << 63U);
    return fmt::format(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32U,
        (high >> 16U) & 0xFFFFU,
        high & 0xFFFFU,
        low >> 48U,
        low & 0xFFFF'FFFF'FFFFU
    );
}

std::string time_of(const TemplateValues& values) {
    std::string text = time_text(values.unix_nanoseconds) + "Z";
    std::ranges::replace(text, ' ', 'T');
    return text;
}

[[nodiscard]] Result<std::string, std::string> value_of(
    std::string_view placeholder, const TemplateValues& values
) {
    if (placeholder == "count") {
        return std::to_string(values.count);
    }
    if (placeholder == "time") {
        return time_of(values);
    }
    if (placeholder == "uuid") {
        return uuid(values);
    }
    if (placeholder.starts_with(kRandom)) {
        const auto size = parse_count(placeholder.substr(kRandom.size()));
        if (size && *size > 0 && *size <= kMaxRandom) {
            return random_text(*size, values);
        }
        return unexpected(fmt::format(
            "{{{{{}}}}}: the size must be a number from 1 to {}", placeholder, kMaxRandom
        ));
    }
    return unexpected(fmt::format(
        "unknown placeholder {{{{{}}}}}; there are {{{{count}}}}, {{{{time}}}}, {{{{random N}}}} "
        "and "
        "{{{{uuid}}}}",
        placeholder
    ));
}

}  // namespace

Result<std::string, std::string> filled(std::string_view text, const TemplateValues& values) {
    std::string result;
    for (;;) {
        const std::size_t open = text.find(kOpen);
        result += text.substr(0, open);
        if (open == std::string_view::npos) {
            return result;
        }
        text.remove_prefix(open + kOpen.size());
        const std::size_t close = text.find(kClose);
        if (close == std::string_view::npos) {
            return unexpected(fmt::format("'{}' without '{}'", kOpen, kClose));
        }
        auto value = value_of(text.substr(0, close), values);
        if (!value) {
            return value;
        }
        result += *value;
        text.remove_prefix(close + kClose.size());
    }
}

}  // namespace telex::cli
