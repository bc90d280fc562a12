#pragma once
// A subject or filter with places to fill in: "log.{transport}.{peer}".
//
// {transport} {peer} {port} {listener} {connection} are replaced by the facts about a peer, each
// made one token (or part of one) by wire::make_token. A template that parses gives a right subject
// for every peer, but for the limit of bytes, which depends on the facts' lengths.
#include "base/result.hpp"
#include "session/transport.hpp"
#include "wire/subject.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace telex::session::raw {

class SubjectTemplate {
public:
    enum class Use : std::uint8_t { publish, request, subscribe };

    // The error is one line for the operator and names what is allowed.
    [[nodiscard]] static Result<SubjectTemplate, std::string> parse(
        std::string_view text, Use use, const wire::SubjectLimits& limits = {}
    );

    std::string expand(const PeerFacts& facts) const;

private:
    using Fact = std::string PeerFacts::*;

    struct Part {
        std::string literal;
        Fact fact = nullptr;  // follows the literal
    };

    [[nodiscard]] Result<void, std::string> split(std::string_view text);

    std::vector<Part> parts_;
};

}  // namespace telex::session::raw
