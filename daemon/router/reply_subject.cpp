#include "router/reply_subject.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace telex::router {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::size_t kSecretDigits = 16;

// Removes one field of hex digits from the front of `text`. Leading zeros are rejected unless the
// width is fixed, so that every address has exactly one text.
std::optional<std::uint64_t> take_hex(
    std::string_view& text, std::size_t min_digits, std::size_t max_digits
) {
    const std::size_t length = std::min(text.find('.'), text.size());
    if (length < min_digits || length > max_digits ||
        (text[0] == '0' && length > 1 && min_digits == 1)) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    for (const char c : text.substr(0, length)) {
        const std::size_t digit = kDigits.find(c);
        if (digit == std::string_view::npos) {
            return std::nullopt;
        }
        value = value << 4 | digit;
    }
    text.remove_prefix(length);
    return value;
}

bool take_dot(std::string_view& text) {
    if (!text.starts_with('.')) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

}  // namespace

ReplySubject::ReplySubject(const ReplyAddress& address) {
    assert(address.reactor < kMaxReactors);
    put(kPrefix);
    put_hex(address.reactor, 1);
    put(".");
    put_hex(address.slot, 1);
    put(".");
    put_hex(address.secret, kSecretDigits);
}

void ReplySubject::put(std::string_view text) {
    std::copy(text.begin(), text.end(), text_.begin() + static_cast<std::ptrdiff_t>(length_));
    length_ += text.size();
}

void ReplySubject::put_hex(std::uint64_t value, std::size_t min_digits) {
    const auto width = static_cast<std::size_t>(std::bit_width(value));
    const std::size_t digits = std::max(min_digits, (width + 3) / 4);
    for (std::size_t i = digits; i > 0; --i) {
        text_[length_++] = kDigits[value >> (4 * (i - 1)) & 15];
    }
}

std::optional<ReplyAddress> parse_reply_subject(std::string_view subject) {
    if (!is_reply_subject(subject) || subject.size() > ReplySubject::kMaxLength) {
        return std::nullopt;
    }
    subject.remove_prefix(ReplySubject::kPrefix.size());
    const auto reactor = take_hex(subject, 1, 2);
    if (!reactor || *reactor >= kMaxReactors || !take_dot(subject)) {
        return std::nullopt;
    }
    const auto slot = take_hex(subject, 1, 8);
    if (!slot || !take_dot(subject)) {
        return std::nullopt;
    }
    const auto secret = take_hex(subject, kSecretDigits, kSecretDigits);
    if (!secret || !subject.empty()) {
        return std::nullopt;
    }
    return ReplyAddress{
        static_cast<ReactorIndex>(*reactor), static_cast<std::uint32_t>(*slot), *secret
    };
}

}  // namespace telex::router
