#pragma once
// Reads the characters of a configuration file of nats-server: white space, comments and words,
// with their positions.
#include "compat/conf_value.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace telex::compat {

class ConfCursor {
public:
    // Of an included file, `included_at` is the place of the directive in the first file.
    ConfCursor(std::string_view text, std::size_t file, config::Position included_at)
        : text_(text), file_(file), included_at_(included_at) {}

    bool at_end() const { return offset_ >= text_.size(); }

    // The next character; '\0' at the end.
    char peek(std::size_t ahead = 0) const;
    char take();
    void skip();
    Place place() const;

    // White space and comments; line ends only with `lines`.
    void skip_space(bool lines);
    // Takes the character if it is the next one.
    bool accept(char wanted);
    // White space, line ends, comments, and at most one ',' or ';'.
    void skip_separator();

    // A text without quotes, up to white space or a character that ends it.
    std::string take_bare();
    std::string take_key();
    // Between quotes, the first of which is next. Escapes have a meaning between double quotes
    // only. Returns false if the text ends before, or for an unknown escape.
    [[nodiscard]] bool take_quoted(std::string& result);

private:
    [[nodiscard]] bool take_escape(std::string& result);
    bool at_comment() const;

    std::string_view text_;
    std::size_t offset_ = 0;
    std::size_t file_;
    config::Position included_at_;
    config::Position at_;
};

}  // namespace telex::compat
