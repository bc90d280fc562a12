#include "wire/proto_json.hpp"

#include "base/json_text.hpp"

#include <google/protobuf/util/json_util.h>

#include <utility>

namespace telex::wire {

std::string json_object(const google::protobuf::Message& message) {
    google::protobuf::util::JsonPrintOptions options;
    options.always_print_primitive_fields = true;
    std::string json;
    // Fails only for Any and for text that is not UTF-8, which our parsed messages do not contain.
    if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) {
        return "{}";
    }
    return escape_json_controls(std::move(json));
}

}  // namespace telex::wire
