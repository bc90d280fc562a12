#pragma once
// Replaces ${...} inside one value. Runs after the YAML is parsed, so what is put in can be neither
// structure nor another substitution.
//
//   ${NAME}             environment variable, must be set
//   ${NAME:-default}    ... or else, also when it is empty, this text (up to the next '}')
//   ${file:/path}       content of a file, without one final line end; not empty
//   ${credential:NAME}  content of $CREDENTIALS_DIRECTORY/NAME, likewise
//   $${                 a literal "${"; any other '$' stands for itself ("$SYS.echo")
#include "base/result.hpp"
#include "config/parse/environment.hpp"

#include <string>
#include <string_view>

namespace telex::config {

struct Substituted {
    std::string text;
    // Parts come from files: must not be quoted in messages.
    bool secret = false;
};

[[nodiscard]] Result<Substituted, std::string> substitute(
    std::string_view text, const Environment& environment
);

}  // namespace telex::config
