#pragma once
// Replaces ${...} in one value. Runs after the YAML is parsed, so the result is always one value
// and is not substituted again.
//
//   ${NAME}             environment variable, must be set
//   ${NAME:-default}    the same, or this text if it is unset or empty (up to the next '}')
//   ${file:/path}       content of a file, without a final line end; not empty
//   ${credential:NAME}  content of $CREDENTIALS_DIRECTORY/NAME, likewise
//   $${                 a literal "${"; any other '$' stands for itself ("$SYS.echo")
#include "base/result.hpp"
#include "config/parse/environment.hpp"

#include <string>
#include <string_view>

namespace telex::config {

struct Substituted {
    std::string text;
    // Parts come from files and must not be quoted in messages.
    bool secret = false;
};

[[nodiscard]] Result<Substituted, std::string> substitute(
    std::string_view text, const Environment& environment
);

}  // namespace telex::config
