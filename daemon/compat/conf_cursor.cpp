#include "compat/conf_cursor.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace telex::compat {

namespace {

bool is_line_end(char c) {
    return c == '\n' || c == '\r';
}

bool is_space(char c) {
    return c == ' ' || c == '\t';
}

// Ends a text without quotes.
bool ends_bare(char c) {
    return is_space(c) || is_line_end(c) || c == ',' || c == ';' || c == '}' || c == ']';
}

bool ends_key(char c) {
    return is_space(c) || is_line_end(c) || c == ':' || c == '=' || c == '{' || c == '}' ||
           c == '[' || c == ',' || c == ';' || c == '"' || c == '\'';
}

std::optional<char> escaped(char c) {
    switch (c) {
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case '"':
        case '\\':
            return c;
        default:
            return std::nullopt;
    }
}

}  // namespace

char ConfCursor::peek(std::size_t ahead) const {
    return offset_ + ahead < text_.size() ? text_[offset_ + ahead] : '\0';
}

void ConfCursor::skip() {
    const bool line_end = text_[offset_] == '\n';
    ++offset_;
    if (line_end) {
        ++at_.line;
        at_.column = 1;
    } else {
        ++at_.column;
    }
}

char ConfCursor::take() {
    const char c = peek();
    skip();
    return c;
}

Place ConfCursor::place() const {
    return {file_, at_, file_ == 0 ? at_ : included_at_};
}

bool ConfCursor::at_comment() const {
    return peek() == '#' || (peek() == '/' && peek(1) == '/');
}

void ConfCursor::skip_space(bool lines) {
    while (!at_end()) {
        if (at_comment()) {
            while (!at_end() && peek() != '\n') {
                skip();
            }
        } else if (is_space(peek()) || (lines && is_line_end(peek()))) {
            skip();
        } else {
            return;
        }
    }
}

bool ConfCursor::accept(char wanted) {
    if (at_end() || peek() != wanted) {
        return false;
    }
    skip();
    return true;
}

void ConfCursor::skip_separator() {
    skip_space(true);
    if (accept(',') || accept(';')) {
        skip_space(true);
    }
}

std::string ConfCursor::take_bare() {
    std::string result;
    while (!at_end() && !ends_bare(peek())) {
        result += take();
    }
    return result;
}

std::string ConfCursor::take_key() {
    std::string result;
    while (!at_end() && !ends_key(peek())) {
        result += take();
    }
    return result;
}

bool ConfCursor::take_quoted(std::string& result) {
    const char quote = take();
    while (!at_end()) {
        const char c = take();
        if (c == quote) {
            return true;
        }
        if (c == '\\' && quote == '"') {
            if (!take_escape(result)) {
                return false;
            }
        } else {
            result += c;
        }
    }
    return false;
}

bool ConfCursor::take_escape(std::string& result) {
    if (accept('x')) {
        const std::array digits{peek(), peek(1)};
        unsigned value = 0;
        const auto read = std::from_chars(digits.begin(), digits.end(), value, 16);
        if (read.ptr != digits.end()) {
            return false;
        }
        skip();
        skip();
        result += static_cast<char>(value);
        return true;
    }
    const auto character = escaped(peek());
    if (character) {
        skip();
        result += *character;
    }
    return character.has_value();
}

}  // namespace telex::compat
