#include "codec/validate_first.hpp"

#include <fmt/format.h>

namespace telex::codec {

namespace {

constexpr std::size_t kMaxUnframed = 8;

Problem check_inner(std::string_view name, const Framing& inner) {
    if (inner.has_contained()) {
        return fmt::format("{} cannot have first, write or unframed itself", name);
    }
    if (inner.kind == FramingKind::datagram || inner.kind == FramingKind::syslog) {
        return fmt::format("{} must not be kind syslog or datagram", name);
    }
    const auto problem = validate(inner);
    return problem ? Problem(fmt::format("{}: {}", name, *problem)) : std::nullopt;
}

// While first frames are read, no byte may be skipped: the decision between two framings is made
// at each frame's first byte.
Problem check_first(const FirstFrames& first) {
    if (first.framing.empty()) {
        return first.begins.empty() && first.frames == kAnyFrames
                   ? std::nullopt
                   : Problem("first needs a framing");
    }
    const Framing& framing = first.framing.front();
    if (framing.kind == FramingKind::idle) {
        return "first.framing must not be kind idle: only whole connections have pauses";
    }
    if (auto problem = check_inner("first.framing", framing)) {
        return problem;
    }
    if (framing.kind != FramingKind::length && framing.kind != FramingKind::delimiter &&
        framing.kind != FramingKind::fixed) {
        return "first.framing must be kind length, delimiter or fixed";
    }
    if (framing.oversize == Oversize::discard || framing.empty == EmptyFrames::ignore) {
        return "first.framing cannot skip frames: it needs oversize: close, and empty: deliver or "
               "error";
    }
    if (first.begins.size() > kMaxLiteralBytes) {
        return fmt::format("first.begins has more than {} bytes", kMaxLiteralBytes);
    }
    if (first.frames < 1 || (first.begins.empty() && first.frames == kAnyFrames)) {
        return "first needs the number of its frames, or the bytes that they begin with";
    }
    return std::nullopt;
}

Problem check_unframed(const std::vector<std::string>& unframed) {
    if (unframed.size() > kMaxUnframed) {
        return fmt::format("unframed must be at most {} byte strings", kMaxUnframed);
    }
    for (const std::string& payload : unframed) {
        if (payload.empty() || payload.size() > kMaxLiteralBytes) {
            return fmt::format("each unframed must be 1 to {} bytes", kMaxLiteralBytes);
        }
    }
    return std::nullopt;
}

}  // namespace

Problem check_contained(const Framing& framing) {
    const bool packets =
        framing.kind == FramingKind::datagram || framing.kind == FramingKind::syslog;
    if (packets && framing.has_contained()) {
        return "first, write and unframed are impossible for kind syslog and datagram";
    }
    if (auto problem = check_first(framing.first)) {
        return problem;
    }
    if (!framing.write.empty()) {
        if (auto problem = check_inner("write", framing.write.front())) {
            return problem;
        }
    }
    return check_unframed(framing.unframed);
}

}  // namespace telex::codec
