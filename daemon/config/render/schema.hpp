#pragma once
// The keys as a JSON Schema (draft 2020-12), for editors: `telexd --print-schema`.
#include <string>

namespace telex::config {

// It knows names, words, numbers and what they mean. What several keys mean together, only the
// loader knows: a file that fits the schema can still be refused.
std::string json_schema();

}  // namespace telex::config
