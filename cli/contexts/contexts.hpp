#pragma once
// Named exchanges of a user, and their text:
//
//   selected: production
//   contexts:
//     production:
//       server: ["tls://bus.example"]
//       user: "anna"
//       password-file: "/etc/bus-password"
//
// The keys of a context are the options of the command line. Secrets stay in the files that it
// names.
#include "base/result.hpp"
#include "cli/connection/connection_options.hpp"

#include <map>
#include <string>
#include <string_view>

namespace telex::cli {

struct Contexts {
    std::string selected;  // a name in `by_name`; empty: none
    std::map<std::string, ConnectionOptions> by_name;
};

// Letters, digits, '-', '_' and '.'; not empty.
bool is_context_name(std::string_view name);

// `file` is named in the error, with line and column.
[[nodiscard]] Result<Contexts, std::string> parse_contexts(
    const std::string& file, std::string_view text
);
std::string contexts_text(const Contexts& contexts);

// Adds to `options` what they leave empty and the context sets. The context's credentials are used
// only if `options` name none.
ConnectionOptions completed(ConnectionOptions options, const ConnectionOptions& context);

}  // namespace telex::cli
