#pragma once
// The exchange's own messages as JSON, for programs that read the tool's output.
#include <google/protobuf/message.h>

#include <string>

namespace telex::cli {

// One object in one line, with every field, also those that are zero.
std::string json_object(const google::protobuf::Message& message);

}  // namespace telex::cli
