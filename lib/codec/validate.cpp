// Finds impossible framings when the configuration is loaded, not when the first frame arrives.
#include "codec/delimiter_context.hpp"
#include "codec/discard.hpp"
#include "codec/framing.hpp"
#include "codec/length_head.hpp"
#include "codec/length_layout.hpp"
#include "codec/stuffing.hpp"
#include "codec/validate_continuation.hpp"
#include "codec/validate_first.hpp"
#include "codec/validate_headers.hpp"
#include "codec/validate_length.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace telex::codec {

namespace {

constexpr std::size_t kMaxDelimiters = 8;

// Returns true if `inner` is complete inside `outer` before `outer` itself is, or both are equal.
bool hides(const std::string& inner, const std::string& outer) {
    const std::size_t found = outer.find(inner);
    return found != std::string::npos &&
           (inner.size() == outer.size() || found + inner.size() < outer.size());
}

Problem check_nesting(const Framing& framing) {
    if (framing.nesting < 1 || framing.nesting > kMaxNesting) {
        return fmt::format("nesting must be 1 to {}", kMaxNesting);
    }
    return std::nullopt;
}

Problem check_idle(const Framing& framing) {
    if (framing.idle < kMinIdle || framing.idle > kMaxIdle) {
        return fmt::format("idle must be {} to {} ms", kMinIdle.count(), kMaxIdle.count());
    }
    if (framing.empty != EmptyFrames::deliver) {
        return "empty has no effect on kind idle: a pause without bytes ends no frame";
    }
    return std::nullopt;
}

bool has_repeated_byte(const std::string& bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes.find(bytes[i], i + 1) != std::string::npos) {
            return true;
        }
    }
    return false;
}

// Bytes that hide delimiters, or end that, have one meaning each.
Problem check_delimiter_context(const Framing& framing) {
    const DelimiterOptions& delimiter = framing.delimiter;
    if (delimiter.after > 0 && !delimiter.keep) {
        return "delimiter.after needs delimiter.keep: the bytes behind the delimiter are part of "
               "the payload, because they cannot be made up in writing";
    }
    if (delimiter.after > kMaxLiteralBytes) {
        return fmt::format("delimiter.after must be 0 to {} bytes", kMaxLiteralBytes);
    }
    if (delimiter.quotes.size() > kMaxLiteralBytes ||
        delimiter.brackets.size() > kMaxLiteralBytes || delimiter.brackets.size() % 2 != 0) {
        return fmt::format(
            "delimiter.quotes must be at most {0} bytes, and delimiter.brackets pairs of at most "
            "{0} bytes",
            kMaxLiteralBytes
        );
    }
    if (delimiter.escape.size() > 1 || (!delimiter.escape.empty() && delimiter.quotes.empty())) {
        return "delimiter.escape must be one byte, and needs delimiter.quotes";
    }
    const std::string marks = delimiter.quotes + delimiter.brackets + delimiter.escape;
    if (has_repeated_byte(marks)) {
        return "delimiter.quotes, brackets and escape must be different bytes";
    }
    std::string others = delimiter.start + delimiter.write;
    for (const std::string& end : delimiter.ends) {
        others += end;
    }
    if (others.find_first_of(marks) != std::string::npos) {
        return "delimiter.start, end and write must not contain quotes, brackets or the escape";
    }
    return delimiter.brackets.empty() ? std::nullopt : check_nesting(framing);
}

Problem check_ends(const std::vector<std::string>& ends) {
    if (ends.empty() || ends.size() > kMaxDelimiters) {
        return fmt::format("delimiter.end must be 1 to {} byte strings", kMaxDelimiters);
    }
    for (std::size_t i = 0; i < ends.size(); ++i) {
        if (ends[i].empty() || ends[i].size() > kMaxLiteralBytes) {
            return fmt::format("each delimiter.end must be 1 to {} bytes", kMaxLiteralBytes);
        }
        for (std::size_t j = 0; j < ends.size(); ++j) {
            if (i != j && hides(ends[i], ends[j])) {
                return fmt::format(
                    "delimiter.end[{}] can never match: delimiter.end[{}] is found before it", j, i
                );
            }
        }
    }
    return std::nullopt;
}

Problem check_delimiter(const Framing& framing) {
    const DelimiterOptions& delimiter = framing.delimiter;
    if (auto problem = check_ends(delimiter.ends)) {
        return problem;
    }
    if (delimiter.start.size() > kMaxLiteralBytes) {
        return fmt::format("delimiter.start has more than {} bytes", kMaxLiteralBytes);
    }
    if (delimiter.skip.size() > kMaxLiteralBytes) {
        return fmt::format("delimiter.skip has more than {} bytes", kMaxLiteralBytes);
    }
    if (!delimiter.skip.empty() &&
        (delimiter.start.empty() || delimiter.skip.find(delimiter.start[0]) != std::string::npos)) {
        return "delimiter.skip needs a delimiter.start that begins with another byte";
    }
    if (delimiter.write.empty() || delimiter.write.size() > kMaxLiteralBytes) {
        return fmt::format("delimiter.write must be 1 to {} bytes", kMaxLiteralBytes);
    }
    std::size_t longest = 0;
    for (const std::string& end : delimiter.ends) {
        longest = std::max(longest, end.size());
    }
    const std::size_t kept =
        delimiter.start.size() + longest + delimiter.after + (delimiter.optional_cr ? 1U : 0U);
    if (delimiter.keep && framing.max_frame_bytes <= kept) {
        return "max_frame is too short for the delimiter that delimiter.keep leaves in it";
    }
    return check_delimiter_context(framing);
}

Problem check_syslog(const Framing& framing) {
    if (has_context(framing.delimiter)) {
        return "delimiter.after, quotes and brackets are impossible for syslog";
    }
    if (framing.delimiter.keep) {
        return "delimiter.keep is impossible for syslog: counted messages have no delimiter";
    }
    if (!framing.delimiter.start.empty()) {
        return "delimiter.start is impossible for syslog: counted messages have none";
    }
    for (const std::string& end : framing.delimiter.ends) {
        if (!end.empty() && end.front() >= '0' && end.front() <= '9') {
            return "delimiter.end of syslog must not begin with a digit";
        }
    }
    return check_delimiter(framing);
}

Problem check_fixed(const Framing& framing) {
    if (framing.fixed_bytes < 1 || framing.fixed_bytes > kMaxFrameBytesCeiling) {
        return fmt::format("a fixed frame size must be 1 to {} bytes", kMaxFrameBytesCeiling);
    }
    if (framing.fixed_bytes > std::min(framing.max_frame_bytes, framing.encode_limit())) {
        return fmt::format("frames of {} bytes are over the limit", framing.fixed_bytes);
    }
    return std::nullopt;
}

Problem check_stuffed(const Framing& framing) {
    if (framing.checksum != Checksum::none && framing.stuffing != Stuffing::hdlc) {
        return "checksum belongs to stuffing hdlc only";
    }
    if (framing.stuffing == Stuffing::dot && framing.damaged != Damaged::close) {
        return "damaged: discard has no effect on stuffing dot: no content of it is damaged";
    }
    if (framing.stuffing != Stuffing::dle) {
        return std::nullopt;
    }
    const std::string& start = framing.dle.start;
    const std::string& end = framing.dle.end;
    if (start.size() > 1 || end.size() != 1) {
        return "dle.end must be one byte, and dle.start one or none";
    }
    if (end.front() == Dle::kDle || start == end || start.starts_with(Dle::kDle)) {
        return "dle.start, dle.end and DLE (10) must be different bytes";
    }
    return std::nullopt;
}

Problem check_trim(const Framing& framing) {
    if (framing.trim.size() > kMaxDelimiters) {
        return fmt::format("trim must be at most {} byte strings", kMaxDelimiters);
    }
    for (const std::string& ending : framing.trim) {
        if (ending.empty() || ending.size() > kMaxLiteralBytes) {
            return fmt::format("each trim must be 1 to {} bytes", kMaxLiteralBytes);
        }
    }
    return std::nullopt;
}

Problem check_limit(std::string_view name, std::size_t limit) {
    if (limit < 1 || limit > kMaxFrameBytesCeiling) {
        return fmt::format("{} must be 1 to {} bytes, not {}", name, kMaxFrameBytesCeiling, limit);
    }
    return std::nullopt;
}

}  // namespace

std::uint64_t largest_payload(const Framing& framing) {
    if (framing.kind != FramingKind::length) {
        return framing.kind == FramingKind::fixed ? framing.fixed_bytes
                                                  : std::numeric_limits<std::uint64_t>::max();
    }
    if (framing.length.continuation != Continuation::none) {
        return largest_continued(framing.length);
    }
    const auto body = LengthLayout(framing.length).max_body();
    const std::uint64_t head = framing.length.keep_head ? max_head_bytes(framing.length) : 0;
    std::uint64_t payload = 0;
    if (__builtin_add_overflow(body.value_or(0), head, &payload)) {
        return std::numeric_limits<std::uint64_t>::max();
    }
    return payload;
}

std::size_t default_max_frame_bytes(const Framing& framing) {
    if (framing.kind == FramingKind::fixed) {
        return framing.fixed_bytes;
    }
    return std::min<std::uint64_t>(kDefaultMaxFrameBytes, largest_payload(framing));
}

std::optional<std::string> validate(const Framing& framing) {
    if (auto problem = check_limit("max_frame", framing.max_frame_bytes)) {
        return problem;
    }
    if (auto problem = check_limit("max_encode", framing.encode_limit())) {
        return problem;
    }
    if (discards(framing) && framing.discard_budget < 1) {
        return "discard_budget must be at least 1 byte: 0 never means unlimited";
    }
    if (auto problem = check_trim(framing)) {
        return problem;
    }
    if (auto problem = check_contained(framing)) {
        return problem;
    }
    switch (framing.kind) {
        case FramingKind::length:
            return check_length(framing);
        case FramingKind::delimiter:
            return check_delimiter(framing);
        case FramingKind::fixed:
            return check_fixed(framing);
        case FramingKind::syslog:
            return check_syslog(framing);
        case FramingKind::headers:
            return check_headers(framing);
        case FramingKind::value:
            return check_nesting(framing);
        case FramingKind::idle:
            return check_idle(framing);
        case FramingKind::stuffed:
            return check_stuffed(framing);
        case FramingKind::datagram:
            break;
    }
    return std::nullopt;
}

}  // namespace telex::codec
