#include "config/keys/text_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace telex::config {

namespace {

constexpr std::size_t kMaxName = 64;

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

}  // namespace

std::optional<std::string> check_name(std::string_view text) {
    if (text.empty() || text.size() > kMaxName ||
        !std::all_of(text.begin(), text.end(), is_name_character)) {
        return fmt::format("is not a name; use 1 to {} letters, digits, '-' and '_'", kMaxName);
    }
    return std::nullopt;
}

std::optional<std::string> check_account(std::string_view text) {
    const auto allowed = [](char c) { return is_name_character(c) || c == '.' || c == '$'; };
    if (text.empty() || text.size() > kMaxName || text.starts_with('-') ||
        !std::all_of(text.begin(), text.end(), allowed)) {
        return "is not the name or number of a user or group";
    }
    return std::nullopt;
}

std::optional<std::string> check_path(std::string_view text) {
    return text.starts_with('/') ? std::nullopt
                                 : std::optional<std::string>("is not an absolute path");
}

}  // namespace telex::config
