#include "protocols/raw/subject_template.hpp"

#include "session/message_rules.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

namespace telex::session::raw {
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

constexpr std::string_view kAllowed = "{transport}, {peer}, {port}, {listener} and {connection}";

std::string PeerFacts::* find_fact(std::string_view name) {
    for (const Placeholder& placeholder : kPlaceholders) {
        if (placeholder.name == name) {
            return placeholder.fact;
        }
    }
    return nullptr;
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
    // Raw frames are never replies.
    if (reserved || (!is_filter && example.starts_with("_REPLY."))) {
        return "is the exchange's own";
    }
    return std::nullopt;
}

}  // namespace

Result<SubjectTemplate, std::string> SubjectTemplate::parse(
    std::string_view text, Use use, const wire::SubjectLimits& limits
) {
    SubjectTemplate result;
    if (auto split = result.split(text); !split) {
        return unexpected(std::move(split.error()));
    }
    // Any one-character token stands for all that make_token makes.
    const PeerFacts example{
        .transport = "x", .host = "x", .port = "x", .listener = "x", .connection = "x"
    };
    if (const auto problem = problem_of(result.expand(example), use, limits)) {
        return unexpected(fmt::format("'{}' {}", text, *problem));
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
        const Fact fact = find_fact(name);
        if (fact == nullptr) {
            return unexpected(fmt::format("'{{{}}}' is not known; there are {}", name, kAllowed));
        }
        parts_.push_back({std::exchange(literal, {}), fact});
        at = end;
    }
    if (!literal.empty()) {
        parts_.push_back({std::move(literal), nullptr});
    }
    return {};
}

std::string SubjectTemplate::expand(const PeerFacts& facts) const {
    std::string subject;
    for (const Part& part : parts_) {
        subject += part.literal;
        if (part.fact != nullptr) {
            subject += wire::make_token(facts.*part.fact);
        }
    }
    return subject;
}

}  // namespace telex::session::raw
