#include "protocols/nats/header_block.hpp"

#include "base/utf8.hpp"
#include "protocols/nats/command_line.hpp"

#include <algorithm>

namespace telex::session::nats {

namespace {

constexpr ByteView kVersion = "NATS/1.0";

bool ends_name(char c) {
    return c == ':' || static_cast<unsigned char>(c) <= ' ';
}

bool ends_line(char c) {
    return c == '\r' || c == '\n';
}

// Appends `text` with `replacement` for what `ends` it.
template <class Ends>
void append_clean(std::string& out, std::string_view text, Ends ends, char replacement) {
    std::transform(text.begin(), text.end(), std::back_inserter(out), [&](char c) {
        return ends(c) ? replacement : c;
    });
}

void append_line(std::string& out, const wire::HeaderView& header) {
    append_clean(out, header.name.empty() ? "-" : header.name, ends_name, '-');
    out += ": ";
    append_clean(out, header.value, ends_line, ' ');
    out += kLineEnd;
}

// Whether append_line() writes the line that this header was read from.
bool is_canonical_line(std::string_view line, const wire::HeaderView& header) {
    const std::size_t value = header.name.size() + 2;
    return !header.name.empty() &&
           std::none_of(header.name.begin(), header.name.end(), ends_name) &&
           line.size() == value + header.value.size() && line.substr(header.name.size(), 2) == ": ";
}

// Removes the first line and its end.
std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find(kLineEnd), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + kLineEnd.size(), text.size()));
    return line;
}

}  // namespace

ParsedBlock parse_block(ByteView block, const BlockLimits& limits) {
    ParsedBlock parsed;
    if (block.size() > limits.max_bytes) {
        return parsed;
    }
    std::string_view rest = block;
    parsed.is_canonical = take_line(rest) == kVersion && block.ends_with("\r\n\r\n");
    while (!rest.empty() && parsed.headers.size() <= limits.max_headers) {
        const std::string_view line = take_line(rest);
        if (line.empty()) {
            break;
        }
        const std::size_t colon = line.find(':');
        const bool has_name = colon != std::string_view::npos && colon != 0;
        if (!has_name || !is_utf8(line)) {
            parsed.is_canonical = false;
            continue;
        }
        const wire::HeaderView header{line.substr(0, colon), trim(line.substr(colon + 1))};
        parsed.is_canonical = parsed.is_canonical && is_canonical_line(line, header) &&
                              std::none_of(line.begin(), line.end(), ends_line);
        parsed.headers.push_back(header);
    }
    parsed.is_canonical = parsed.is_canonical && rest.empty() && !parsed.headers.empty();
    return parsed;
}

void append_block(std::string& out, const wire::MessageView& message) {
    if (!message.header_block.empty()) {
        out += message.header_block;
        return;
    }
    out += kVersion;
    out += kLineEnd;
    wire::for_each_header(message.body, [&](std::string_view name, std::string_view value) {
        append_line(out, {name, value});
    });
    out += kLineEnd;
}

}  // namespace telex::session::nats
