#pragma once
// The query of an HTTP request as a request message of $SYS.admin.*.
//
// A parameter that is unknown, given twice or has an invalid value is an INVALID_ARGUMENT that
// names it and what is allowed; only that of a list may be given several times. None is ignored: a
// misspelled filter must not return everything.
#include "http/message.hpp"
#include "wire/admin_error.hpp"

#include <span>
#include <string_view>

namespace google::protobuf {
class Message;
}

namespace telex::admin {

struct Parameter {
    std::string_view name;
    bool required = false;
    // The field of the message: text, a list of texts, a number, a flag or an enum. Defaults to the
    // name. "config.name" is a field of a nested message.
    std::string_view field = {};
    // Of an enum: the word for each number, from 0.
    std::span<const std::string_view> words = {};
};

[[nodiscard]] wire::AdminResult<void> read_parameters(
    const http::Request& request,
    std::span<const Parameter> known,
    google::protobuf::Message& message
);

}  // namespace telex::admin
