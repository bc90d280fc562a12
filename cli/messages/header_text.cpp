#include "cli/messages/header_text.hpp"

#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace telex::cli {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_name_character(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7F;
}

}  // namespace

Result<Header, std::string> parse_header(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        return unexpected(fmt::format("'{}' has no colon; expected 'Name: value'", text));
    }
    const std::string_view name = text.substr(0, colon);
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_name_character)) {
        return unexpected(fmt::format("'{}' is not a header name; expected one word", name));
    }
    if (!is_utf8(text)) {
        return unexpected(std::string("a header must be UTF-8 text"));
    }
    return Header{std::string(name), std::string(trimmed(text.substr(colon + 1)))};
}

}  // namespace telex::cli
