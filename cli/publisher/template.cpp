#include "cli/publisher/template.hpp"

#include "base/units.hpp"
#include "cli/terminal/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";
constexpr std::string_view kRandom = "random ";
constexpr std::uint64_t kMaxRandom = 1'048'576;

constexpr std::size_t kUuidSize = 36;

enum class Kind : std::uint8_t { count, time, random, uuid };

struct Placeholder {
    Kind kind = Kind::count;
    std::uint64_t size = 0;  // of Kind::random
};

void append_random(std::string& text, std::uint64_t size, const TemplateValues& values) {
    constexpr std::string_view kLetters =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (std::uint64_t i = 0; i < size; ++i) {
        text += kLetters[values.random() % kLetters.size()];
    }
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

[[nodiscard]] Result<Placeholder, std::string> parse_placeholder(std::string_view name) {
    if (name == "count") {
        return Placeholder{Kind::count};
    }
    if (name == "time") {
        return Placeholder{Kind::time};
    }
    if (name == "uuid") {
        return Placeholder{Kind::uuid};
    }
    if (name.starts_with(kRandom)) {
        const auto size = parse_count(name.substr(kRandom.size()));
        if (size && *size > 0 && *size <= kMaxRandom) {
            return Placeholder{Kind::random, *size};
        }
        return unexpected(
            fmt::format("{{{{{}}}}}: the size must be a number from 1 to {}", name, kMaxRandom)
        );
    }
    return unexpected(fmt::format(
        "unknown placeholder {{{{{}}}}}; there are {{{{count}}}}, {{{{time}}}}, {{{{random N}}}} "
        "and "
        "{{{{uuid}}}}",
        name
    ));
}

std::uint64_t size_of(const Placeholder& placeholder, const TemplateValues& values) {
    switch (placeholder.kind) {
        case Kind::count:
            return fmt::formatted_size("{}", values.count);
        case Kind::time:
            return time_of(values).size();
        case Kind::random:
            return placeholder.size;
        case Kind::uuid:
            break;
    }
    return kUuidSize;
}

void append(std::string& text, const Placeholder& placeholder, const TemplateValues& values) {
    switch (placeholder.kind) {
        case Kind::count:
            text += std::to_string(values.count);
            break;
        case Kind::time:
            text += time_of(values);
            break;
        case Kind::random:
            append_random(text, placeholder.size, values);
            break;
        case Kind::uuid:
            text += uuid(values);
            break;
    }
}

// Calls on_text(std::string_view) and on_placeholder(const Placeholder&) for the parts, in order.
template <class OnText, class OnPlaceholder>
[[nodiscard]] Result<void, std::string> for_each_part(
    std::string_view text, OnText on_text, OnPlaceholder on_placeholder
) {
    for (;;) {
        const std::size_t open = text.find(kOpen);
        on_text(text.substr(0, open));
        if (open == std::string_view::npos) {
            return {};
        }
        text.remove_prefix(open + kOpen.size());
        const std::size_t close = text.find(kClose);
        if (close == std::string_view::npos) {
            return unexpected(fmt::format("'{}' without '{}'", kOpen, kClose));
        }
        const auto placeholder = parse_placeholder(text.substr(0, close));
        if (!placeholder) {
            return unexpected(placeholder.error());
        }
        on_placeholder(*placeholder);
        text.remove_prefix(close + kClose.size());
    }
}

[[nodiscard]] Result<std::uint64_t, std::string> filled_size(
    std::string_view text, const TemplateValues& values
) {
    std::uint64_t size = 0;
    return for_each_part(
               text,
               [&](std::string_view part) { size += part.size(); },
               [&](const Placeholder& placeholder) { size += size_of(placeholder, values); }
    ).map([&] { return size; });
}

}  // namespace

Result<std::string, std::string> filled(
    std::string_view text, const TemplateValues& values, std::size_t max_bytes
) {
    const auto size = filled_size(text, values);
    if (!size) {
        return unexpected(size.error());
    }
    if (*size > max_bytes) {
        return unexpected(fmt::format(
            "the filled template has {} bytes; {} are left for it in a message", *size, max_bytes
        ));
    }
    std::string result;
    result.reserve(*size);
    return for_each_part(
               text,
               [&](std::string_view part) { result += part; },
               [&](const Placeholder& placeholder) { append(result, placeholder, values); }
    ).map([&] { return std::move(result); });
}

}  // namespace telex::cli
