#include "log/field.hpp"

#include "base/printable.hpp"

#include <fmt/format.h>

namespace telex::log {

namespace {

struct ToText {
    std::string operator()(std::monostate /*absent*/) const { return {}; }

    std::string operator()(std::string_view text) const {
        return printable(text, {.max_bytes = Value::kMaxBytes});
    }

    std::string operator()(double number) const { return fmt::format("{:.3f}", number); }

    std::string operator()(std::integral auto number) const { return std::to_string(number); }
};

}  // namespace

std::string Value::to_text() const {
    return std::visit(ToText{}, value_);
}

}  // namespace telex::log
