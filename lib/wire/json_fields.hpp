#pragma once
// Prepares a parsed line for protobuf's JSON library, by the descriptor of its message.
//
//   - A field may occur once, under one of its names ("queueGroup", "queue_group"). The library
//     accepts both and keeps one.
//   - A whole number in quotes may have a fraction or an exponent ("7.0", "1e3"), as protobuf's
//   JSON
//     mapping says and as it may without quotes. The library of Debian 12 reads digits only.
//
// Unknown and invalid values are left unchanged: the library reports them.
#include "base/result.hpp"

#include <google/protobuf/descriptor.h>
#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace telex::wire {

// The error names both notations.
[[nodiscard]] Result<void, std::string> prepare_fields(
    nlohmann::json& object, const google::protobuf::Descriptor& type
);

// Returns the digits of a JSON number with a fraction or an exponent if it is whole and has at most
// 20 digits: "1.5e1" is "15".
std::optional<std::string> whole_number(std::string_view number);

}  // namespace telex::wire
