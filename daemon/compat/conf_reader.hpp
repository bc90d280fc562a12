#pragma once
// Reads the configuration language of nats-server: `key: value`, `key = value` or `key value`,
// blocks in braces, lists in brackets, `#` and `//` comments, `include "FILE"`, and `$NAME` for the
// value of an earlier key or of an environment variable. Bounded: depth, values, files, bytes.
//
// Sans-IO: the caller provides the content of included files.
#include "base/result.hpp"
#include "compat/conf_value.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace telex::compat {

inline constexpr std::size_t kMaxConfDepth = 32;
inline constexpr std::size_t kMaxConfValues = 100'000;
inline constexpr std::size_t kMaxConfFiles = 64;
inline constexpr std::size_t kMaxIncludeDepth = 8;

// Access to everything outside of the text.
struct ConfSource {
    // The text of an included file, or why there is none.
    std::function<Result<std::string, std::string>(const std::string& path)> file;
    std::function<std::optional<std::string>(std::string_view name)> variable;
};

// The error names the file and the line. It does not quote values, which may be secret.
[[nodiscard]] Result<ConfFile, config::Diagnostic> read_conf(
    const std::string& name, std::string_view text, const ConfSource& source
);

}  // namespace telex::compat
