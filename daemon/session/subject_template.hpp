#pragma once
// A subject or filter with places to fill in: "log.{transport}.{peer}".
//
// {transport} {peer} {port} {listener} {connection} are replaced by the facts about a peer. A
// protocol may add parts of each message: "log.{severity}.{host}". Each is made one token (or part
// of one) by wire::append_token. A template that parses gives a right subject for every peer, but
// for the limit of bytes, which depends on the facts' lengths. Parts of a message are bounded.
#include "base/result.hpp"
#include "session/transport.hpp"
#include "wire/subject.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace telex::session {

// A placeholder for a part of each message.
struct MessageField {
    std::string_view name;
    std::size_t max_bytes = 0;  // of its values; an empty one fills one byte
};

class SubjectTemplate {
public:
    enum class Use : std::uint8_t { publish, request, subscribe };

    // `fields` has static storage. The error is one line for the operator and names what is
    // allowed. A part of a message cannot begin a subject: the sender could choose one that the
    // exchange reserves.
    [[nodiscard]] static Result<SubjectTemplate, std::string> parse(
        std::string_view text,
        Use use,
        const wire::SubjectLimits& limits = {},
        std::span<const MessageField> fields = {}
    );

    // Fills in all. Requires a template without fields.
    std::string expand(const PeerFacts& facts) const;

    // Returns the template with the facts filled in: only fields are left.
    SubjectTemplate bind(const PeerFacts& facts) const;

    // --- bound templates ------------------------------------------------------------------------
    // It is the same for every message.
    bool is_fixed() const { return max_field_bytes_ == 0; }

    // The longest subject.
    std::size_t max_bytes() const;
    // Appends the subject. `values` has one for each field; only a fixed template may do without.
    void append(std::string& out, std::span<const std::string_view> values) const;

private:
    using Fact = std::string PeerFacts::*;

    // The literal, then what follows it.
    struct Part {
        std::string literal;
        Fact fact = nullptr;
        std::optional<std::size_t> field{};
    };

    [[nodiscard]] Result<void, std::string> split(std::string_view text);
    [[nodiscard]] Result<void, std::string> add_placeholder(
        std::string literal, std::string_view name
    );
    // One subject that it gives, with fields of the longest or of the shortest length.
    std::string example(bool longest) const;

    std::vector<Part> parts_;
    std::span<const MessageField> fields_;
    std::size_t max_field_bytes_ = 0;  // the sum of all that occur
};

}  // namespace telex::session
