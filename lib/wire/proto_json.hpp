#pragma once
// The exchange's own messages as JSON, for programs: what the tool and the HTTP surface print.
#include <google/protobuf/message.h>

#include <string>

namespace telex::wire {

// One object in one line, with every field, also those that are zero.
std::string json_object(const google::protobuf::Message& message);

}  // namespace telex::wire
