#pragma once
// The keys of nats-server's configuration.
#include "compat/conf_value.hpp"
#include "compat/draft.hpp"

#include <string>
#include <vector>

namespace telex::compat {

// `folder` is that of relative paths, with '/' at its end. Returns the errors.
[[nodiscard]] std::vector<config::Diagnostic> read_keys(
    const ConfFile& file, const std::string& folder, Draft& draft
);

// "HOST:PORT", "PORT" or ":PORT". Returns false for another text.
[[nodiscard]] bool read_listen(const Setting& text, Draft& draft);
// -1 is any free port, 0 the default.
[[nodiscard]] bool read_port(std::string_view text, Draft& draft);

}  // namespace telex::compat
