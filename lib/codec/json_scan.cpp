#include "codec/json_scan.hpp"

namespace telex::codec {

namespace {

constexpr ByteView kJsonBlanks = " \t\r\n";
constexpr unsigned kHexDigits = 4;
constexpr unsigned kNotHex = 16;

}  // namespace

std::size_t JsonScan::filler(ByteView input) {
    const std::size_t begin = input.find_first_not_of(kJsonBlanks);
    return begin == ByteView::npos ? input.size() : begin;
}

void JsonScan::restart() {
    position_ = 0;
    state_ = State::value;
    open_.clear();
}

Result<bool, FrameError> JsonScan::scan(ByteView input, std::uint64_t& examined) {
    while (position_ < input.size()) {
        ++examined;
        const Outcome outcome = take(input[position_]);
        switch (outcome) {
            case Outcome::more:
                ++position_;
                break;
            case Outcome::complete:
                ++position_;
                return true;
            case Outcome::complete_before:
                return true;
            case Outcome::bad:
                return unexpected(FrameError::bad_value);
            case Outcome::too_deep:
                return unexpected(FrameError::too_deep);
        }
    }
    return false;
}

JsonScan::Outcome JsonScan::take(char byte) {
    switch (state_) {
        case State::string:
            return take_in_string(byte);
        case State::escape:
            return take_escaped(byte);
        case State::hex:
            return take_hex(byte);
        case State::number:
            return take_in_number(byte);
        case State::literal:
            return take_in_literal(byte);
        default:
            break;
    }
    return kJsonBlanks.find(byte) != ByteView::npos ? Outcome::more : take_structure(byte);
}

// Between strings and words.
JsonScan::Outcome JsonScan::take_structure(char byte) {
    switch (state_) {
        case State::first_item:
            if (byte == ']') {
                return close('[');
            }
            break;
        case State::first_key:
            if (byte == '}') {
                return close('{');
            }
            [[fallthrough]];
        case State::key:
            return byte == '"' ? begin_string(true) : Outcome::bad;
        case State::colon:
            state_ = State::value;
            return byte == ':' ? Outcome::more : Outcome::bad;
        case State::next:
            return take_next(byte);
        default:
            break;
    }
    return begin_value(byte);
}

JsonScan::Outcome JsonScan::begin_value(char byte) {
    switch (byte) {
        case '{':
        case '[':
            return open(byte);
        case '"':
            return begin_string(false);
        case 't':
            return begin_literal("rue");
        case 'f':
            return begin_literal("alse");
        case 'n':
            return begin_literal("ull");
        default:
            break;
    }
    if (byte != '-' && !is_digit(byte)) {
        return Outcome::bad;
    }
    number_.begin(byte);
    state_ = State::number;
    return Outcome::more;
}

JsonScan::Outcome JsonScan::begin_literal(ByteView rest) {
    literal_ = rest;
    state_ = State::literal;
    return Outcome::more;
}

JsonScan::Outcome JsonScan::begin_string(bool key) {
    in_key_ = key;
    state_ = State::string;
    return Outcome::more;
}

JsonScan::Outcome JsonScan::open(char bracket) {
    if (open_.size() == nesting_) {
        return Outcome::too_deep;
    }
    open_.push_back(bracket);
    state_ = bracket == '[' ? State::first_item : State::first_key;
    return Outcome::more;
}

JsonScan::Outcome JsonScan::close(char bracket) {
    if (open_.back() != bracket) {
        return Outcome::bad;
    }
    open_.pop_back();
    return end_value();
}

JsonScan::Outcome JsonScan::take_next(char byte) {
    switch (byte) {
        case ',':
            state_ = open_.back() == '[' ? State::value : State::key;
            return Outcome::more;
        case ']':
            return close('[');
        case '}':
            return close('{');
        default:
            break;
    }
    return Outcome::bad;
}

JsonScan::Outcome JsonScan::take_in_string(char byte) {
    if (byte == '\\') {
        state_ = State::escape;
        return Outcome::more;
    }
    if (byte != '"') {
        return static_cast<unsigned char>(byte) < ' ' ? Outcome::bad : Outcome::more;
    }
    if (in_key_) {
        state_ = State::colon;
        return Outcome::more;
    }
    return end_value();
}

JsonScan::Outcome JsonScan::take_escaped(char byte) {
    constexpr ByteView kEscapes = "\"\\/bfnrt";
    if (byte == 'u') {
        state_ = State::hex;
        hex_left_ = kHexDigits;
        return Outcome::more;
    }
    state_ = State::string;
    return kEscapes.find(byte) != ByteView::npos ? Outcome::more : Outcome::bad;
}

JsonScan::Outcome JsonScan::take_hex(char byte) {
    if (digit_value(byte) == kNotHex) {
        return Outcome::bad;
    }
    --hex_left_;
    if (hex_left_ == 0) {
        state_ = State::string;
    }
    return Outcome::more;
}

JsonScan::Outcome JsonScan::take_in_literal(char byte) {
    if (byte != literal_.front()) {
        return Outcome::bad;
    }
    literal_.remove_prefix(1);
    return literal_.empty() ? end_value() : Outcome::more;
}

JsonScan::Outcome JsonScan::take_in_number(char byte) {
    switch (number_.take(byte)) {
        case JsonNumber::Step::inside:
            return Outcome::more;
        case JsonNumber::Step::bad:
            return Outcome::bad;
        case JsonNumber::Step::ended:
            break;
    }
    if (!open_.empty()) {
        state_ = State::next;
        return kJsonBlanks.find(byte) != ByteView::npos ? Outcome::more : take_next(byte);
    }
    constexpr ByteView kBeginsAnother = " \t\r\n\"[{";
    return kBeginsAnother.find(byte) != ByteView::npos ? Outcome::complete_before : Outcome::bad;
}

JsonScan::Outcome JsonScan::end_value() {
    state_ = State::next;
    return open_.empty() ? Outcome::complete : Outcome::more;
}

}  // namespace telex::codec
