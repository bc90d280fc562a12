#pragma once
// A place in a text that is read from left to right.
#include "base/bytes.hpp"
#include "protocols/syslog/text_words.hpp"

#include <cstddef>
#include <string_view>

namespace telex::session::syslog {

constexpr bool is_decimal(char c) {
    return c >= '0' && c <= '9';
}

// A byte of a header field: no blank and no control character. Bytes above 0x7F are allowed.
constexpr bool is_visible(char c) {
    constexpr char kDelete = 0x7F;
    return static_cast<unsigned char>(c) > static_cast<unsigned char>(' ') && c != kDelete;
}

class TextCursor {
public:
    explicit TextCursor(ByteView text) : rest_(text) {}

    ByteView rest() const { return rest_; }

    bool at_end() const { return rest_.empty(); }

    // Returns true if the next byte is `c`.
    bool sees(char c) const { return !rest_.empty() && rest_.front() == c; }

    // Takes the next byte if it is `c`.
    bool take(char c) {
        const bool found = sees(c);
        rest_.remove_prefix(found ? 1 : 0);
        return found;
    }

    // Skips the next byte if it is `c`.
    void skip_one(char c) { rest_.remove_prefix(sees(c) ? 1 : 0); }

    // Requires at least this number of bytes.
    void skip(std::size_t count) { rest_.remove_prefix(count); }

    // Requires at least this number of bytes.
    std::string_view take_bytes(std::size_t count) {
        const std::string_view taken(rest_.data(), count);
        skip(count);
        return taken;
    }

    void skip_blanks() {
        while (take(' ')) {
        }
    }

    // The visible bytes that follow; empty if there are none or more than `limit`.
    std::string_view word(std::size_t limit) const {
        const std::size_t size = visible_run(rest_, limit + 1);
        return size > limit ? std::string_view() : std::string_view(rest_.data(), size);
    }

private:
    ByteView rest_;
};

}  // namespace telex::session::syslog
