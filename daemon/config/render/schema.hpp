#pragma once
// The keys as a JSON Schema (draft 2020-12), for editors: `telexd --print-schema`.
#include <string>

namespace telex::config {

// Returns a schema of names, types, ranges and descriptions. It has no rules over several keys and
// no units: the loader can refuse a file that the schema accepts, never the reverse.
std::string json_schema();

}  // namespace telex::config
