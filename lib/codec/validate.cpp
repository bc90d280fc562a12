// Finds impossible framings when the configuration is loaded, not when the first frame arrives.
#include "codec/discard.hpp"
#include "codec/framing.hpp"
#include "codec/length_head.hpp"
#include "codec/length_layout.hpp"
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
    if (delimiter.write.empty() || delimiter.write.size() > kMaxLiteralBytes) {
        return fmt::format("delimiter.write must be 1 to {} bytes", kMaxLiteralBytes);
    }
    std::size_t longest = 0;
    for (const std::string& end : delimiter.ends) {
        longest = std::max(longest, end.size());
    }
    const std::size_t kept = delimiter.start.size() + longest + (delimiter.optional_cr ? 1U : 0U);
    if (delimiter.keep && framing.max_frame_bytes <= kept) {
        return "max_frame is too short for the delimiter that delimiter.keep leaves in it";
    }
    return std::nullopt;
}

Problem check_syslog(const Framing& framing) {
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
            if (framing.nesting < 1 || framing.nesting > kMaxNesting) {
                return fmt::format("nesting must be 1 to {}", kMaxNesting);
            }
            break;
        case FramingKind::stuffed:
            if (framing.checksum != Checksum::none && framing.stuffing != Stuffing::hdlc) {
                return "checksum belongs to stuffing hdlc only";
            }
            break;
        case FramingKind::datagram:
            break;
    }
    return std::nullopt;
}

}  // namespace telex::codec
