#pragma once
// Checks of texts. Each returns what is wrong, to follow the quoted text in a sentence, or nothing.
#include <optional>
#include <string>
#include <string_view>

namespace telex::config {

// Names of listeners, framings, users, accounts and the server: 1 to 64 letters, digits, '-' and
// '_'.
[[nodiscard]] std::optional<std::string> check_name(std::string_view text);
// Name or number of a system user or group.
[[nodiscard]] std::optional<std::string> check_account(std::string_view text);
// An absolute path.
[[nodiscard]] std::optional<std::string> check_path(std::string_view text);

}  // namespace telex::config
