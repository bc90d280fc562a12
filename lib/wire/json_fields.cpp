#include "wire/json_fields.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

namespace telex::wire {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using nlohmann::json;

// Digits of the largest 64-bit number.
constexpr std::size_t kMostDigits = 20;

// The parts of "[-]digits[.digits][e[+-]digits]".
struct NumberParts {
    bool negative = false;
    std::string_view whole;
    std::string_view fraction;
    int exponent = 0;
};

std::string_view take_digits(std::string_view& text) {
    const auto end =
        std::find_if_not(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(digits.size());
    return digits;
}

bool take(std::string_view& text, std::string_view any_of) {
    const bool there = !text.empty() && any_of.find(text.front()) != std::string_view::npos;
    text.remove_prefix(there ? 1 : 0);
    return there;
}

// Returns nullopt if it is not in JSON's number notation.
std::optional<NumberParts> split(std::string_view text) {
    NumberParts parts;
    parts.negative = take(text, "-");
    parts.whole = take_digits(text);
    if (parts.whole.empty() || (parts.whole.size() > 1 && parts.whole.front() == '0')) {
        return std::nullopt;
    }
    if (take(text, ".")) {
        parts.fraction = take_digits(text);
        if (parts.fraction.empty()) {
            return std::nullopt;
        }
    }
    if (take(text, "eE")) {
        if (take(text, "+") && !text.empty() && text.front() == '-') {
            return std::nullopt;
        }
        const auto read = std::from_chars(text.data(), text.data() + text.size(), parts.exponent);
        if (read.ec != std::errc{}) {
            return std::nullopt;
        }
        text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    }
    return text.empty() ? std::optional(parts) : std::nullopt;
}

const FieldDescriptor* field_named(const Descriptor& type, const std::string& name) {
    if (const FieldDescriptor* const field = type.FindFieldByName(name)) {
        return field;
    }
    for (int index = 0; index < type.field_count(); ++index) {
        if (type.field(index)->json_name() == name) {
            return type.field(index);
        }
    }
    return nullptr;
}

[[nodiscard]] Result<void, std::string> prepare_value(json& value, const FieldDescriptor& field) {
    switch (field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_MESSAGE:
            return value.is_object() ? prepare_fields(value, *field.message_type())
                                     : Result<void, std::string>();
        case FieldDescriptor::CPPTYPE_INT32:
        case FieldDescriptor::CPPTYPE_INT64:
        case FieldDescriptor::CPPTYPE_UINT32:
        case FieldDescriptor::CPPTYPE_UINT64:
            if (value.is_string()) {
                if (auto digits = whole_number(value.get_ref<const std::string&>())) {
                    value = *std::move(digits);
                }
            }
            return {};
        default:
            return {};
    }
}

}  // namespace

std::optional<std::string> whole_number(std::string_view number) {
    const auto parts = split(number);
    if (!parts) {
        return std::nullopt;
    }
    std::string digits = std::string(parts->whole) + std::string(parts->fraction);
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    if (digits.empty()) {
        return "0";
    }
    // Number of zeros between the last digit and the decimal point.
    auto zeros = std::int64_t{parts->exponent} - static_cast<std::int64_t>(parts->fraction.size());
    for (; zeros < 0 && digits.ends_with('0'); ++zeros) {
        digits.pop_back();
    }
    if (zeros < 0 || digits.size() + static_cast<std::uint64_t>(zeros) > kMostDigits) {
        return std::nullopt;
    }
    digits.append(static_cast<std::size_t>(zeros), '0');
    return (parts->negative ? "-" : "") + digits;
}

Result<void, std::string> prepare_fields(json& object, const Descriptor& type) {
    std::map<const FieldDescriptor*, std::string_view> seen;
    for (auto entry = object.begin(); entry != object.end(); ++entry) {
        const FieldDescriptor* const field = field_named(type, entry.key());
        if (field == nullptr) {
            continue;
        }
        const auto [first, is_new] = seen.emplace(field, entry.key());
        if (!is_new) {
            return unexpected(
                fmt::format("\"{}\" and \"{}\" are the same field", first->second, entry.key())
            );
        }
        if (!field->is_repeated() || !entry->is_array()) {
            if (auto prepared = prepare_value(*entry, *field); !prepared) {
                return prepared;
            }
            continue;
        }
        for (json& element : *entry) {
            if (auto prepared = prepare_value(element, *field); !prepared) {
                return prepared;
            }
        }
    }
    return {};
}

}  // namespace telex::wire
