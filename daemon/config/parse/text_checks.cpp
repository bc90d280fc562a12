#include "config/parse/text_checks.hpp"

#include "base/units.hpp"
#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace telex::config {

namespace {

bool has_byte_order_mark(std::string_view text) {
    using namespace std::string_view_literals;
    return text.starts_with("\xEF\xBB\xBF"sv) || text.starts_with("\xFE\xFF"sv) ||
           text.starts_with("\xFF\xFE"sv) || text.starts_with("\x00\x00\xFE\xFF"sv);
}

// Reports the first bad byte of the line.
bool check_bytes(std::string_view line, std::size_t number, Report& report) {
    for (std::size_t at = 0; at < line.size();) {
        const auto byte = static_cast<unsigned char>(line[at]);
        const std::size_t size = utf8_length(line.substr(at));
        const Position position{number, at + 1};
        if (byte == 0) {
            report.error(position, "NUL byte; the file must be UTF-8 text");
            return false;
        }
        if (size == 0) {
            report.error(position, fmt::format("invalid UTF-8 (byte {:#04x})", byte));
            return false;
        }
        const bool line_end = byte == '\r' && at + 1 == line.size();
        if ((byte < ' ' && byte != '\t' && !line_end) || byte == 0x7F) {
            report.error(
                position,
                fmt::format("control character {:#04x}; write it as an escape in quotes", byte)
            );
            return false;
        }
        at += size;
    }
    return true;
}

bool check_indentation(std::string_view line, std::size_t number, Report& report) {
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#') {
        return true;
    }
    const std::size_t tab = line.find('\t');
    if (tab < first) {
        report.error({number, tab + 1}, "tab in the indentation; YAML requires spaces");
        return false;
    }
    return true;
}

}  // namespace

bool check_text(std::string_view text, Report& report) {
    if (text.size() > kMaxFileBytes) {
        report.error(
            {0, 0},
            fmt::format(
                "{} bytes exceed the maximum of {}", text.size(), format_size(kMaxFileBytes)
            )
        );
        return false;
    }
    if (has_byte_order_mark(text)) {
        report.error({1, 1}, "byte order mark; the file must be UTF-8 without one");
        return false;
    }
    bool good = true;
    std::size_t number = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        ++number;
        good = check_bytes(line, number, report) && check_indentation(line, number, report) && good;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return good;
}

}  // namespace telex::config
