#pragma once
// The text of docs/framing-cookbook.md, embedded by the build.
#include <string_view>

namespace telex::cli {

std::string_view cookbook_text();

}  // namespace telex::cli
