#pragma once
// The subject of the reply to one request:
//
//   _REPLY.<reactor>.<slot>.<secret>     all in lower-case hex, the secret always 16 digits
//
// It identifies a slot of a reply table, so a reply needs neither subscription nor trie. It cannot
// be guessed: the secret is 64 random bits, drawn for each request.
#include "router/reactor_set.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace telex::router {

struct ReplyAddress {
    ReactorIndex reactor = 0;
    std::uint32_t slot = 0;
    std::uint64_t secret = 0;

    friend bool operator==(const ReplyAddress&, const ReplyAddress&) = default;
};

// The text of an address, in place.
class ReplySubject {
public:
    static constexpr std::string_view kPrefix = "_REPLY.";
    // "_REPLY." + 2 + "." + 8 + "." + 16
    static constexpr std::size_t kMaxLength = 35;

    explicit ReplySubject(const ReplyAddress& address);

    std::string_view view() const { return {text_.data(), length_}; }

private:
    void put(std::string_view text);
    void put_hex(std::uint64_t value, std::size_t min_digits);

    std::array<char, kMaxLength> text_;
    std::size_t length_ = 0;
};

// Returns true if the subject has the form of a reply subject. Such a subject is never routed by
// subscriptions.
inline bool is_reply_subject(std::string_view subject) {
    return subject.starts_with(ReplySubject::kPrefix);
}

// Returns nothing if the subject is not one that ReplySubject would write.
std::optional<ReplyAddress> parse_reply_subject(std::string_view subject);

}  // namespace telex::router
