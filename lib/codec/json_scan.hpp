#pragma once
// Finds the end of one JSON value (RFC 8259) and checks its grammar. Strings are not checked for
// UTF-8. Resumes where the last call ended: each byte is examined once.
//
// Objects, arrays, strings, true, false and null end by themselves. A number ends at the byte after
// it, which must be white space or begin a string, an array or an object; or with the stream.
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/frame_error.hpp"
#include "codec/json_number.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace telex::codec {

class JsonScan {
public:
    explicit JsonScan(std::size_t nesting) : nesting_(nesting) {}

    // As those of ValueScan.
    [[nodiscard]] Result<bool, FrameError> scan(ByteView input, std::uint64_t& examined);

    std::size_t position() const { return position_; }

    std::uint64_t announced() const { return 0; }

    void drop() { position_ = 0; }

    bool ends_with_stream() const {
        return state_ == State::number && open_.empty() && number_.is_complete();
    }

    // Bytes at the front that belong to no value.
    static std::size_t filler(ByteView input);

    void restart();

private:
    enum class State : std::uint8_t {
        value,       // a value must follow
        first_item,  // a value or the end of the array
        first_key,   // a key or the end of the object
        key,         // a key
        colon,       // behind a key
        next,        // a comma, or the end of the array or object
        string,      // inside of one
        escape,      // behind a backslash
        hex,         // inside of \u1234
        number,      // inside of one
        literal,     // inside of true, false, null
    };
    enum class Outcome : std::uint8_t { more, complete, complete_before, bad, too_deep };

    Outcome take(char byte);
    Outcome take_structure(char byte);
    Outcome begin_value(char byte);
    Outcome begin_literal(ByteView rest);
    Outcome begin_string(bool key);
    Outcome open(char bracket);
    Outcome close(char bracket);
    Outcome take_next(char byte);
    Outcome take_in_string(char byte);
    Outcome take_escaped(char byte);
    Outcome take_hex(char byte);
    Outcome take_in_literal(char byte);
    Outcome take_in_number(char byte);
    Outcome end_value();

    std::size_t nesting_;
    std::size_t position_ = 0;
    State state_ = State::value;
    bool in_key_ = false;
    unsigned hex_left_ = 0;
    ByteView literal_;  // the rest of it
    JsonNumber number_;
    std::string open_;  // '[' and '{'
};

}  // namespace telex::codec
