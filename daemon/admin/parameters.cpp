#include "admin/parameters.hpp"

#include "base/units.hpp"
#include "base/utf8.hpp"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace telex::admin {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

unexpected<v1::AdminError> bad_parameter(std::string message) {
    return unexpected(wire::admin_error(v1::AdminError::INVALID_ARGUMENT, std::move(message)));
}

std::string names_of(std::span<const Parameter> known) {
    std::vector<std::string_view> names;
    for (const Parameter& parameter : known) {
        names.push_back(parameter.name);
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

[[nodiscard]] wire::AdminResult<std::uint64_t> number_of(
    const Parameter& parameter, std::string_view text
) {
    if (text.empty()) {
        return 0;
    }
    auto value = parse_count(text);
    if (!value) {
        return bad_parameter(fmt::format("{}: {}", parameter.name, value.error()));
    }
    return *value;
}

[[nodiscard]] wire::AdminResult<void> set_number(
    Message& message,
    const FieldDescriptor& field,
    const Parameter& parameter,
    std::string_view text
) {
    return number_of(parameter, text).map([&](std::uint64_t number) {
        if (field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64) {
            message.GetReflection()->SetUInt64(&message, &field, number);
        } else {  // a limit: the server has a smaller one
            message.GetReflection()->SetUInt32(
                &message,
                &field,
                static_cast<std::uint32_t>(std::min<std::uint64_t>(number, UINT32_MAX))
            );
        }
    });
}

[[nodiscard]] wire::AdminResult<void> set_flag(
    Message& message,
    const FieldDescriptor& field,
    const Parameter& parameter,
    std::string_view text
) {
    if (text != "true" && text != "false") {
        return bad_parameter(fmt::format("{}: true or false", parameter.name));
    }
    message.GetReflection()->SetBool(&message, &field, text == "true");
    return {};
}

[[nodiscard]] wire::AdminResult<void> set_word(
    Message& message,
    const FieldDescriptor& field,
    const Parameter& parameter,
    std::string_view text
) {
    const auto found = std::find(parameter.words.begin(), parameter.words.end(), text);
    if (found == parameter.words.end() && !text.empty()) {
        return bad_parameter(
            fmt::format("{}: one of {}", parameter.name, fmt::join(parameter.words, ", "))
        );
    }
    if (!text.empty()) {
        const auto number = std::distance(parameter.words.begin(), found);
        message.GetReflection()->SetEnumValue(&message, &field, static_cast<int>(number));
    }
    return {};
}

// A field, and the message that has it.
struct Place {
    Message* message;
    const FieldDescriptor* field;
};

Place place_of(Message& root, const Parameter& parameter) {
    std::string_view path = parameter.field.empty() ? parameter.name : parameter.field;
    Message* message = &root;
    for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
        const FieldDescriptor* const outer =
            message->GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
        message = message->GetReflection()->MutableMessage(message, outer);
        path.remove_prefix(dot + 1);
    }
    return {message, message->GetDescriptor()->FindFieldByName(std::string(path))};
}

[[nodiscard]] wire::AdminResult<void> check_names(
    const http::Request& request, std::span<const Parameter> known, Message& message
) {
    for (const auto& [name, value] : request.query) {
        const auto row = std::ranges::find(known, std::string_view(name), &Parameter::name);
        if (row == known.end()) {
            return bad_parameter(
                known.empty() ? "no parameters are allowed here"
                              : "unknown parameter; allowed are " + names_of(known)
            );
        }
        if (request.query.count(name) > 1 && !place_of(message, *row).field->is_repeated()) {
            return bad_parameter(name + ": is given more than once");
        }
        if (!is_utf8(value)) {
            return bad_parameter(name + ": is not UTF-8");
        }
    }
    return {};
}

[[nodiscard]] wire::AdminResult<void> set_field(
    Message& root, const Parameter& parameter, std::string_view text
) {
    const auto [message, field] = place_of(root, parameter);
    switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_BOOL:
            return set_flag(*message, *field, parameter, text);
        case FieldDescriptor::CPPTYPE_ENUM:
            return set_word(*message, *field, parameter, text);
        case FieldDescriptor::CPPTYPE_STRING:
            if (field->is_repeated()) {
                message->GetReflection()->AddString(message, field, std::string(text));
            } else {
                message->GetReflection()->SetString(message, field, std::string(text));
            }
            return {};
        default:
            return set_number(*message, *field, parameter, text);
    }
}

}  // namespace

wire::AdminResult<void> read_parameters(
    const http::Request& request, std::span<const Parameter> known, Message& message
) {
    if (auto checked = check_names(request, known, message); !checked) {
        return checked;
    }
    for (const Parameter& parameter : known) {
        const std::string_view text = request.parameter(parameter.name);
        if (parameter.required && text.empty()) {
            return bad_parameter(fmt::format("{}: must be given", parameter.name));
        }
        const auto [first, last] = request.query.equal_range(parameter.name);
        for (auto given = first; given != last; ++given) {
            if (auto set = set_field(message, parameter, given->second); !set) {
                return set;
            }
        }
    }
    return {};
}

}  // namespace telex::admin
