#include "protocols/raw/raw_rules.hpp"

#include "protocols/raw/subject_template.hpp"
#include "wire/subject.hpp"

#include <fmt/format.h>

namespace telex::session {
namespace {

std::optional<std::string> check_combination(const RawOptions& raw) {
    if (!raw.publish && !raw.subscribe && !raw.request) {
        return "a raw listener needs publish, subscribe or request";
    }
    if (raw.request && (raw.publish || raw.subscribe)) {
        return "request stands alone: its peer could not tell answers from other messages";
    }
    if (!raw.queue_group.empty() && !raw.subscribe) {
        return "queue_group needs subscribe";
    }
    if (raw.echo && !(raw.publish && raw.subscribe)) {
        return "echo needs publish and subscribe";
    }
    if (raw.request_timeout <= std::chrono::milliseconds(0)) {
        return "request_timeout must be more than 0: 0 never means unlimited";
    }
    return std::nullopt;
}

std::optional<std::string> check_template(
    std::string_view key,
    const std::optional<std::string>& text,
    SubjectTemplate::Use use,
    const wire::SubjectLimits& limits
) {
    if (!text) {
        return std::nullopt;
    }
    const auto parsed = SubjectTemplate::parse(*text, use, limits);
    return parsed ? std::nullopt : std::optional(fmt::format("{}: {}", key, parsed.error()));
}

}  // namespace

std::optional<std::string> validate_raw(const RawOptions& raw, const wire::SubjectLimits& limits) {
    if (auto problem = check_combination(raw)) {
        return problem;
    }
    using Use = SubjectTemplate::Use;
    if (auto problem = check_template("publish", raw.publish, Use::publish, limits)) {
        return problem;
    }
    if (auto problem = check_template("subscribe", raw.subscribe, Use::subscribe, limits)) {
        return problem;
    }
    if (auto problem = check_template("request", raw.request, Use::request, limits)) {
        return problem;
    }
    if (!raw.queue_group.empty()) {
        if (const auto error = wire::check_queue_group(raw.queue_group)) {
            return fmt::format("queue_group: '{}' {}", raw.queue_group, wire::text_of(*error));
        }
    }
    return std::nullopt;
}

}  // namespace telex::session
