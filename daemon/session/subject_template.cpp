#include "session/subject_template.hpp"

#include "base/suggest.hpp"
#include "session/message_rules.hpp"
#include "wire/token.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

namespace telex::session {
namespace {

struct Placeholder {
    std::string_view name;
    std::string PeerFacts::* fact;
};

constexpr std::array kPlaceholders = {
    Placeholder{"transport", &PeerFacts::transport},
    Placeholder{"peer", &PeerFacts::host},
    Placeholder{"port", &PeerFacts::port},
    Placeholder{"listener", &PeerFacts::listener},
    Placeholder{"connection", &PeerFacts::connection},
};

std::string PeerFacts::* find_fact(std::string_view name) {
    for (const Placeholder& placeholder : kPlaceholders) {
        if (placeholder.name == name) {
            return placeholder.fact;
        }
    }
    return nullptr;
}

std::string unknown_placeholder(std::string_view name, std::span<const MessageField> fields) {
    std::vector<std::string_view> names;
    names.reserve(kPlaceholders.size() + fields.size());
    for (const Placeholder& placeholder : kPlaceholders) {
        names.push_back(placeholder.name);
    }
    for (const MessageField& field : fields) {
        names.push_back(field.name);
    }
    const auto meant = closest(name, names);
    return fmt::format(
        "unknown placeholder '{{{}}}'; one of: {{{}}}{}",
        name,
        fmt::join(names, "}, {"),
        meant ? fmt::format("; did you mean '{{{}}}'?", *meant) : std::string()
    );
}

std::optional<std::string> problem_of(
    std::string_view example, SubjectTemplate::Use use, const wire::SubjectLimits& limits
) {
    const bool is_filter = use == SubjectTemplate::Use::subscribe;
    const auto error =
        is_filter ? wire::check_filter(example, limits) : wire::check_subject(example, limits);
    if (error) {
        return std::string(wire::text_of(*error));
    }
    const auto reserved = is_filter ? check_reserved_filter(example)
                                    : check_reserved_target(
                                          example,
                                          use == SubjectTemplate::Use::publish ? MessageUse::publish
                                                                               : MessageUse::request
                                      );
    // Frames of raw payloads are never replies.
    if (reserved || (!is_filter && example.starts_with("_REPLY."))) {
        return "is the exchange's own";
    }
    return std::nullopt;
}

}  // namespace

Result<SubjectTemplate, std::string> SubjectTemplate::parse(
    std::string_view text,
    Use use,
    const wire::SubjectLimits& limits,
    std::span<const MessageField> fields
) {
    SubjectTemplate result;
    result.fields_ = fields;
    if (auto split = result.split(text); !split) {
        return unexpected(std::move(split.error()));
    }
    for (const bool longest : {false, true}) {
        if (const auto problem = problem_of(result.example(longest), use, limits)) {
            return unexpected(fmt::format("'{}' {}", text, *problem));
        }
    }
    if (!result.parts_.empty() && result.parts_[0].literal.empty() && result.parts_[0].field) {
        return unexpected(fmt::format(
            "'{}' begins with a part of the message: its sender could choose any subject; begin "
            "with a fixed text",
            text
        ));
    }
    return result;
}

Result<void, std::string> SubjectTemplate::split(std::string_view text) {
    std::string literal;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '}') {
            return unexpected(fmt::format("'{}' has a '}}' without a '{{' before it", text));
        }
        if (text[at] != '{') {
            literal += text[at];
            continue;
        }
        const std::size_t end = text.find('}', at);
        if (end == std::string_view::npos) {
            return unexpected(fmt::format("'{}' has a '{{' without a '}}' behind it", text));
        }
        const std::string_view name = text.substr(at + 1, end - at - 1);
        if (auto added = add_placeholder(std::exchange(literal, {}), name); !added) {
            return added;
        }
        at = end;
    }
    if (!literal.empty()) {
        parts_.push_back({std::move(literal), nullptr});
    }
    return {};
}

Result<void, std::string> SubjectTemplate::add_placeholder(
    std::string literal, std::string_view name
) {
    if (const Fact fact = find_fact(name)) {
        parts_.push_back({std::move(literal), fact});
        return {};
    }
    const auto field = std::ranges::find(fields_, name, &MessageField::name);
    if (field == fields_.end()) {
        return unexpected(unknown_placeholder(name, fields_));
    }
    const auto index = static_cast<std::size_t>(field - fields_.begin());
    parts_.push_back({std::move(literal), nullptr, index});
    max_field_bytes_ += field->max_bytes;
    return {};
}

std::string SubjectTemplate::example(bool longest) const {
    // Any one-character token stands for all that append_token makes of a fact.
    const PeerFacts facts{
        .transport = "x", .host = "x", .port = "x", .listener = "x", .connection = "x"
    };
    std::string subject;
    for (const Part& part : bind(facts).parts_) {
        subject += part.literal;
        if (part.field) {
            subject.append(longest ? fields_[*part.field].max_bytes : 1, 'x');
        }
    }
    return subject;
}

std::string SubjectTemplate::expand(const PeerFacts& facts) const {
    std::string subject;
    bind(facts).append(subject, {});
    return subject;
}

SubjectTemplate SubjectTemplate::bind(const PeerFacts& facts) const {
    SubjectTemplate bound;
    bound.fields_ = fields_;
    bound.max_field_bytes_ = max_field_bytes_;
    std::string literal;
    for (const Part& part : parts_) {
        literal += part.literal;
        if (part.fact != nullptr) {
            wire::append_token(literal, facts.*part.fact);
        }
        if (part.field) {
            bound.parts_.push_back({std::exchange(literal, {}), nullptr, part.field});
        }
    }
    if (!literal.empty()) {
        bound.parts_.push_back({std::move(literal), nullptr});
    }
    return bound;
}

std::size_t SubjectTemplate::max_bytes() const {
    std::size_t bytes = max_field_bytes_;
    for (const Part& part : parts_) {
        bytes += part.literal.size();
    }
    return bytes;
}

void SubjectTemplate::append(std::string& out, std::span<const std::string_view> values) const {
    for (const Part& part : parts_) {
        out += part.literal;
        if (part.field && *part.field < values.size()) {
            wire::append_token(out, values[*part.field]);
        }
    }
}

}  // namespace telex::session
