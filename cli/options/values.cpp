#include "cli/options/values.hpp"

#include "base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace telex::cli::value {
namespace {

// Zero is rejected: it never means "no limit".
template <class Parse, class Set>
Value positive(Parse parse, Set set) {
    return {
        .kind = Value::Kind::text,
        .store = [parse,
                  set = std::move(set)](const std::string& text) -> Result<void, std::string> {
            const auto parsed = parse(text);
            if (!parsed) {
                return unexpected(parsed.error());
            }
            if (*parsed == decltype(*parsed + *parsed){}) {
                return unexpected(std::string("must be greater than zero"));
            }
            return set(*parsed);
        },
        .choices = {},
    };
}

}  // namespace

Value flag(bool& target) {
    return flag([&target] { target = true; });
}

Value flag(std::function<void()> set) {
    return {
        .kind = Value::Kind::flag,
        .store = [set = std::move(set)](const std::string&) -> Result<void, std::string> {
            set();
            return {};
        },
        .choices = {},
    };
}

Value version() {
    Value value = flag([] {});
    value.kind = Value::Kind::version;
    return value;
}

Value text(std::string& target) {
    return text([&target](const std::string& given) { target = given; });
}

Value text(std::optional<std::string>& target) {
    return text([&target](const std::string& given) { target = given; });
}

Value text(std::function<void(const std::string&)> set) {
    return {
        .kind = Value::Kind::text,
        .store = [set = std::move(set)](const std::string& given) -> Result<void, std::string> {
            set(given);
            return {};
        },
        .choices = {},
    };
}

Value listed_name(std::string& target, std::string listed_by) {
    Value value = text(target);
    value.listed_by = std::move(listed_by);
    return value;
}

Value texts(std::vector<std::string>& target) {
    Value value = text([&target](const std::string& given) { target.push_back(given); });
    value.kind = Value::Kind::list;
    return value;
}

Value choice(std::vector<std::string> choices, std::function<void(const std::string&)> set) {
    return {
        .kind = Value::Kind::text,
        .store = [choices,
                  set = std::move(set)](const std::string& given) -> Result<void, std::string> {
            if (std::find(choices.begin(), choices.end(), given) == choices.end()) {
                return unexpected(
                    fmt::format("'{}' is not one of {}", given, fmt::join(choices, ", "))
                );
            }
            set(given);
            return {};
        },
        .choices = std::move(choices),
    };
}

Value duration(std::optional<std::chrono::milliseconds>& target) {
    return positive(
        parse_duration,
        [&target](std::chrono::milliseconds time) -> Result<void, std::string> {
            target = time;
            return {};
        }
    );
}

Value size(std::optional<std::size_t>& target) {
    return positive(parse_size, [&target](std::uint64_t bytes) -> Result<void, std::string> {
        target = bytes;
        return {};
    });
}

Value number(std::optional<std::uint64_t>& target) {
    return {.store = [&target](const std::string& text) -> Result<void, std::string> {
        const auto parsed = parse_count(text);
        if (!parsed) {
            return unexpected(std::string(parsed.error()));
        }
        target = *parsed;
        return {};
    }};
}

Value count(std::optional<std::uint64_t>& target, std::uint64_t max) {
    return count([&target](std::uint64_t number) { target = number; }, max);
}

Value count(std::function<void(std::uint64_t)> set, std::uint64_t max) {
    return positive(
        parse_count,
        [set = std::move(set), max](std::uint64_t number) -> Result<void, std::string> {
            if (number > max) {
                return unexpected(fmt::format("must be at most {}", max));
            }
            set(number);
            return {};
        }
    );
}

}  // namespace telex::cli::value
