#pragma once
// What texts of the configuration may look like. Each returns what is wrong, to follow the quoted
// text in a sentence, or nothing.
#include <optional>
#include <string>
#include <string_view>

namespace telex::config {

// Names of listeners, framings and the server: 1 to 64 letters, digits, '-' and '_'.
[[nodiscard]] std::optional<std::string> check_name(std::string_view text);
// Names of users and groups, or their numbers.
[[nodiscard]] std::optional<std::string> check_account(std::string_view text);
// Absolute: the daemon's own folder is nobody's business.
[[nodiscard]] std::optional<std::string> check_path(std::string_view text);
// Not empty; what else a template must be is known only with its listener.
[[nodiscard]] std::optional<std::string> check_template(std::string_view text);
[[nodiscard]] std::optional<std::string> check_queue_group_name(std::string_view text);
// A protocol that the exchange speaks.
[[nodiscard]] std::optional<std::string> check_protocol(std::string_view text);

}  // namespace telex::config
