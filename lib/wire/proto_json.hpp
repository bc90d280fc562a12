#pragma once
// The exchange's messages as JSON for programs: output of the tool and the HTTP API.
#include <google/protobuf/message.h>

#include <string>

namespace telex::wire {

// One object in one line, with all fields, including zero values.
std::string json_object(const google::protobuf::Message& message);

}  // namespace telex::wire
