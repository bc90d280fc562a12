#include "codec/validate_headers.hpp"

#include "codec/header_block.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace telex::codec {

namespace {

constexpr std::size_t kMaxLengthNames = 4;
constexpr std::size_t kMaxNameBytes = 64;
// Behind `write_head`: colon, blank, digits, the ends of two lines.
constexpr std::size_t kLengthLineBytes = 2 + 20 + 4;

Problem check_length_names(const std::vector<std::string>& names) {
    if (names.empty() || names.size() > kMaxLengthNames) {
        return fmt::format("headers.length must be 1 to {} names", kMaxLengthNames);
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!is_token(names[i]) || names[i].size() > kMaxNameBytes) {
            return fmt::format(
                "headers.length must be names of 1 to {} letters, digits and marks such as '-'",
                kMaxNameBytes
            );
        }
        if (is_same_name(names[i], kTransferEncoding)) {
            return "headers.length cannot be Transfer-Encoding, which is never accepted";
        }
        for (std::size_t j = 0; j < i; ++j) {
            if (is_same_name(names[i], names[j])) {
                return "headers.length has the same name twice";
            }
        }
    }
    return std::nullopt;
}

Problem check_refuse_as(std::string_view protocol) {
    const auto visible = [](char c) { return c > ' ' && c < 0x7F; };
    return protocol.size() <= kMaxLiteralBytes && std::ranges::all_of(protocol, visible)
               ? std::nullopt
               : Problem(fmt::format(
                     "headers.refuse_as must be at most {} visible characters, such as HTTP/1.1",
                     kMaxLiteralBytes
                 ));
}

Problem check_trailer(const HeaderOptions& headers) {
    if (headers.trailer.size() > kMaxLiteralBytes) {
        return fmt::format("headers.trailer has more than {} bytes", kMaxLiteralBytes);
    }
    if (headers.without == WithoutLength::trailer && headers.trailer.empty()) {
        return "headers.without: trailer needs headers.trailer, which ends the body";
    }
    if (headers.without == WithoutLength::close && !headers.trailer.empty()) {
        return "headers.trailer is impossible with headers.without: close, which ends the body "
               "with the stream";
    }
    return std::nullopt;
}

// The written block as this framing reads it.
Problem check_written_lines(const HeaderOptions& headers) {
    if (headers.write_head.empty()) {
        return headers.first_line == FirstLine::start
                   ? Problem(
                         "headers.first_line: start needs headers.write_head, which begins with "
                         "the start line, or headers.keep_head"
                     )
                   : std::nullopt;
    }
    if (headers.write_head.size() > kMaxWriteHeadBytes) {
        return fmt::format("headers.write_head has more than {} bytes", kMaxWriteHeadBytes);
    }
    if (!headers.write_head.ends_with('\n')) {
        return "headers.write_head must be whole lines, each with its line end";
    }
    HeaderBlock block(headers);
    const std::string lines = headers.write_head + "\r\n";
    std::uint64_t examined = 0;
    const auto complete = block.read(lines, examined);
    if (!complete) {
        return fmt::format("headers.write_head cannot be read back: {}", name_of(complete.error()));
    }
    if (block.size() < lines.size()) {
        return "headers.write_head must not have a blank line: the length follows it";
    }
    if (block.body()) {
        return "headers.write_head must not have a length: it is written for each frame";
    }
    return std::nullopt;
}

Problem check_written_head(const HeaderOptions& headers) {
    if (headers.keep_head) {
        return headers.write_head.empty()
                   ? std::nullopt
                   : Problem("headers.write_head is not written with headers.keep_head");
    }
    const std::size_t written =
        headers.write_head.size() + headers.lengths.front().size() + kLengthLineBytes;
    if (written > headers.head_limit) {
        return "headers.head_limit is too small for the headers that are written";
    }
    return check_written_lines(headers);
}

}  // namespace

Problem check_headers(const Framing& framing) {
    const HeaderOptions& headers = framing.headers;
    if (headers.head_limit < 1 || headers.head_limit > kMaxHeadLimit) {
        return fmt::format("headers.head_limit must be 1 to {} bytes", kMaxHeadLimit);
    }
    if (auto problem = check_length_names(headers.lengths)) {
        return problem;
    }
    if (auto problem = check_refuse_as(headers.refuse_as)) {
        return problem;
    }
    if (auto problem = check_trailer(headers)) {
        return problem;
    }
    return check_written_head(headers);
}

}  // namespace telex::codec
