#pragma once
// Checks the bytes of a JSON number one by one.
#include "codec/digits.hpp"

#include <cstdint>

namespace telex::codec {

class JsonNumber {
public:
    enum class Step : std::uint8_t { inside, ended, bad };

    // With the first byte: '-' or a digit.
    void begin(char byte) { state_ = byte == '-' ? State::minus : first_digit(byte); }

    // Returns ended if the byte belongs to what follows the number.
    Step take(char byte) {
        switch (state_) {
            case State::minus:
                return is_digit(byte) ? enter(first_digit(byte)) : Step::bad;
            case State::integer:
                return is_digit(byte) ? Step::inside : after_integer(byte);
            case State::zero:
                return after_integer(byte);
            case State::point:
                return is_digit(byte) ? enter(State::fraction) : Step::bad;
            case State::fraction:
                return is_digit(byte) ? Step::inside : after_fraction(byte);
            case State::exponent:
                if (byte == '+' || byte == '-') {
                    return enter(State::exponent_sign);
                }
                [[fallthrough]];
            case State::exponent_sign:
                return is_digit(byte) ? enter(State::exponent_digits) : Step::bad;
            case State::exponent_digits:
                break;
        }
        return is_digit(byte) ? Step::inside : Step::ended;
    }

    // Returns true if the number may end here.
    bool is_complete() const {
        return state_ == State::zero || state_ == State::integer || state_ == State::fraction ||
               state_ == State::exponent_digits;
    }

private:
    enum class State : std::uint8_t {
        minus,
        zero,
        integer,
        point,
        fraction,
        exponent,
        exponent_sign,
        exponent_digits
    };

    static State first_digit(char byte) { return byte == '0' ? State::zero : State::integer; }

    Step enter(State state) {
        state_ = state;
        return Step::inside;
    }

    Step after_integer(char byte) {
        return byte == '.' ? enter(State::point) : after_fraction(byte);
    }

    Step after_fraction(char byte) {
        return byte == 'e' || byte == 'E' ? enter(State::exponent) : Step::ended;
    }

    State state_ = State::minus;
};

}  // namespace telex::codec
