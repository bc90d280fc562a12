#pragma once
// Checks parse_syslog against a second, slow reading of the same line.
//
//   - RFC 5424: the line is accepted exactly if a plain grammar accepts it, and its parts, written
//     one after the other, give the line again.
//   - other forms: the parts stand in the line in their order, nothing but separators is between
//     them, and the text is all the rest.
#include "protocols/syslog/syslog_message.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace telex::testing {

namespace detail {

using session::syslog::SyslogFormat;
using session::syslog::SyslogMessage;

inline bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// The end of "<13>"; 0 if there is none.
inline std::size_t priority_end(std::string_view line) {
    const std::size_t end = line.find('>');
    if (!line.starts_with('<') || end == std::string_view::npos || end < 2 || end > 4) {
        return 0;
    }
    const std::string digits(line.substr(1, end - 1));
    const bool number = std::all_of(digits.begin(), digits.end(), is_digit);
    return number && std::stoi(digits) <= 191 ? end + 1 : 0;
}

// The shape of a time of RFC 3339: each digit as 'd', fractions as one "f".
inline bool is_time(std::string_view word) {
    std::string shape;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] == '.' && i == 19) {
            std::size_t digits = 0;
            while (i + 1 < word.size() && is_digit(word[i + 1])) {
                ++i;
                ++digits;
            }
            shape += digits >= 1 && digits <= 9 ? "f" : "bad";
        } else {
            shape += is_digit(word[i]) ? 'd' : word[i] == 'd' ? '?' : word[i];
        }
    }
    const std::string_view seconds = "dddd-dd-ddTdd:dd:dd";
    if (!shape.starts_with(seconds)) {
        return false;
    }
    std::string_view rest = std::string_view(shape).substr(seconds.size());
    rest.remove_prefix(rest.starts_with('f') ? 1 : 0);
    return rest.empty() || rest == "Z" || rest == "+dd:dd" || rest == "-dd:dd";
}

inline bool is_field(std::string_view word, std::size_t limit) {
    return !word.empty() && word.size() <= limit &&
           std::all_of(word.begin(), word.end(), [](char c) {
               const auto byte = static_cast<unsigned char>(c);
               return byte > 0x20 && byte != 0x7F;
           });
}

inline bool is_sd_name(std::string_view name) {
    return is_field(name, 32) && name.find_first_of("=]\"") == std::string_view::npos;
}

// Walks structured data byte by byte; returns its end, or npos.
inline std::size_t data_end(std::string_view text) {
    enum class In { outside, id, name, quote, value, escape };
    In in = In::outside;
    std::string word;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        switch (in) {
            case In::outside:
                if (c != '[') {
                    return i == 0 ? std::string_view::npos : i;
                }
                word.clear();
                in = In::id;
                break;
            case In::id:
            case In::name:
                if (c == ' ' || c == ']' || c == '=') {
                    const bool param = in == In::name;
                    if (!is_sd_name(word) || (c == '=') != param) {
                        return std::string_view::npos;
                    }
                    in = c == ' ' ? In::name : c == '=' ? In::quote : In::outside;
                    word.clear();
                } else {
                    word += c;
                }
                break;
            case In::quote:
                if (c != '"') {
                    return std::string_view::npos;
                }
                in = In::value;
                break;
            case In::value:
                if (c == ']') {
                    return std::string_view::npos;
                }
                if (c == '"') {
                    if (i + 1 == text.size() || (text[i + 1] != ' ' && text[i + 1] != ']')) {
                        return std::string_view::npos;
                    }
                    in = text[++i] == ' ' ? In::name : In::outside;
                    word.clear();
                } else if (c == '\\') {
                    in = In::escape;
                }
                break;
            case In::escape:
                in = In::value;
                break;
        }
    }
    return in == In::outside && !text.empty() ? text.size() : std::string_view::npos;
}

// Whether the line is one of RFC 5424.
inline bool is_rfc5424(std::string_view line) {
    const std::size_t begin = priority_end(line);
    if (begin == 0 || !line.substr(begin).starts_with("1 ")) {
        return false;
    }
    std::string_view rest = line.substr(begin + 2);
    constexpr std::size_t kLimits[] = {64, 255, 128, 128, 64};
    for (std::size_t i = 0; i < std::size(kLimits); ++i) {
        const std::size_t blank = rest.find(' ');
        const std::string_view word = rest.substr(0, blank);
        if (blank == std::string_view::npos || !is_field(word, kLimits[i]) ||
            (i == 0 && word != "-" && !is_time(word))) {
            return false;
        }
        rest.remove_prefix(blank + 1);
    }
    const std::size_t end = rest.starts_with('-') ? 1 : data_end(rest);
    return end != std::string_view::npos && (end == rest.size() || rest[end] == ' ');
}

inline std::string or_dash(std::string_view part) {
    return part.empty() ? "-" : std::string(part);
}

inline std::string rendered(std::string_view line, const SyslogMessage& message) {
    std::string out(line.substr(0, priority_end(line)));
    out += "1";
    for (const std::string_view part :
         {message.time, message.host, message.app, message.procid, message.msgid, message.data}) {
        out += " " + or_dash(part);
    }
    const std::size_t rest = line.size() - out.size();
    for (const std::string_view between : {"", " ", " \xEF\xBB\xBF"}) {
        if (rest == between.size() + message.text.size()) {
            return out.append(between).append(message.text);
        }
    }
    return out + " <other separators>";
}

// Bytes that stand between the parts: separators and sequence numbers.
inline bool is_separator(char c) {
    return std::string_view(" :[]*.%-").find(c) != std::string_view::npos || is_digit(c);
}

inline std::string misplaced(std::string_view line, const SyslogMessage& message) {
    std::vector<std::string_view> parts;
    // Devices may write the host before the time.
    const bool host_first = !message.host.empty() && message.host.data() < message.time.data();
    for (const std::string_view part :
         {host_first ? message.host : message.time,
          host_first ? message.time : message.host,
          message.app,
          message.procid,
          message.msgid}) {
        if (!part.empty()) {
            parts.push_back(part);
        }
    }
    parts.push_back(message.text);
    std::size_t at = priority_end(line);
    for (const std::string_view part : parts) {
        const auto begin = static_cast<std::size_t>(part.data() - line.data());
        if (begin < at || begin + part.size() > line.size()) {
            return "a part is out of order";
        }
        const std::string_view gap = line.substr(at, begin - at);
        if (!std::all_of(gap.begin(), gap.end(), is_separator)) {
            return "'" + std::string(gap) + "' was left out";
        }
        at = begin + part.size();
    }
    return at == line.size() ? "" : "the text does not reach the end";
}

inline std::string check_unknown(std::string_view line, const SyslogMessage& message) {
    const bool parts = !message.time.empty() || !message.host.empty() || !message.app.empty() ||
                       !message.procid.empty() || !message.msgid.empty() || !message.data.empty();
    return parts || message.text != line ? "an unknown message has parts" : "";
}

}  // namespace detail

// Returns what is wrong with the parser's result, or nothing.
inline std::string syslog_disagreement(std::string_view line) {
    using session::syslog::SyslogFormat;
    const auto message = session::syslog::parse_syslog(line);
    if (message.priority.has_value() != (detail::priority_end(line) != 0)) {
        return "the priority";
    }
    if ((message.format == SyslogFormat::rfc5424) != detail::is_rfc5424(line)) {
        return "whether it is RFC 5424";
    }
    if (message.format == SyslogFormat::unknown) {
        return detail::check_unknown(line, message);
    }
    if (message.format != SyslogFormat::rfc5424) {
        return detail::misplaced(line, message);
    }
    const std::string again = detail::rendered(line, message);
    return again == line ? "" : "rendered as: " + again;
}

}  // namespace telex::testing
