#include "support/naive_values.hpp"

#include <cctype>
#include <cstdint>

namespace telex::test {

namespace {

using namespace codec;

enum class End { bad, too_deep, over, missing };

struct NoValue {
    End end;
};

// Reads one value, and throws NoValue if there is none within the limit.
class NaiveValue {
public:
    NaiveValue(const Framing& framing, ByteView bytes, std::size_t limit)
        : framing_(framing), bytes_(bytes), limit_(limit) {}

    std::size_t read() {
        if (framing_.format == ValueFormat::json) {
            json(0);
        } else {
            value(0);
        }
        if (at_ > limit_) {
            throw NoValue{End::over};
        }
        return at_;
    }

private:
    void value(unsigned depth) {
        switch (framing_.format) {
            case ValueFormat::msgpack:
                return msgpack(depth);
            case ValueFormat::cbor:
                return static_cast<void>(cbor(depth, false, -1));
            default:
                break;
        }
        resp(depth);
    }

    // One byte more than the limit may be looked at.
    unsigned peek() const {
        if (at_ > limit_) {
            throw NoValue{End::over};
        }
        if (at_ == bytes_.size()) {
            throw NoValue{End::missing};
        }
        return static_cast<unsigned char>(bytes_[at_]);
    }

    unsigned next() {
        const unsigned byte = peek();
        ++at_;
        return byte;
    }

    void expect(unsigned byte) {
        if (next() != byte) {
            throw NoValue{End::bad};
        }
    }

    void skip(std::uint64_t size) {
        if (at_ > limit_ || size > limit_ - at_) {
            throw NoValue{End::over};
        }
        if (size > bytes_.size() - at_) {
            throw NoValue{End::missing};
        }
        at_ += size;
    }

    std::uint64_t number(unsigned bytes) {
        std::uint64_t value = 0;
        for (unsigned i = 0; i < bytes; ++i) {
            value = value * 256 + next();
        }
        return value;
    }

    void enter(unsigned depth) const {
        if (depth == framing_.nesting) {
            throw NoValue{End::too_deep};
        }
    }

    void values(std::uint64_t count, unsigned depth) {
        if (count > 0) {
            enter(depth);
        }
        for (std::uint64_t i = 0; i < count; ++i) {
            value(depth + 1);
        }
    }

    void msgpack(unsigned depth) {
        const unsigned type = next();
        if (type <= 0x7F || type >= 0xE0 || type == 0xC0 || type == 0xC2 || type == 0xC3) {
            return;
        }
        if (type <= 0x8F) {
            return values(std::uint64_t{2} * (type - 0x80), depth);
        }
        if (type <= 0x9F) {
            return values(type - 0x90, depth);
        }
        if (type <= 0xBF) {
            return skip(type - 0xA0);
        }
        static constexpr unsigned kWidths[] = {1, 2, 4};
        static constexpr unsigned kFixed[] = {4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 3, 5, 9, 17};
        if (type == 0xC1) {
            throw NoValue{End::bad};
        }
        if (type <= 0xC6) {
            return skip(number(kWidths[type - 0xC4]));
        }
        if (type <= 0xC9) {
            return skip(number(kWidths[type - 0xC7]) + 1);
        }
        if (type <= 0xD8) {
            return skip(kFixed[type - 0xCA]);
        }
        if (type <= 0xDB) {
            return skip(number(kWidths[type - 0xD9]));
        }
        const std::uint64_t count = number(type % 2 == 0 ? 2 : 4);
        values(type <= 0xDD ? count : 2 * count, depth);
    }

    // `chunk`: only strings of this major type are allowed. Returns true at a break.
    bool cbor(unsigned depth, bool may_break, int chunk) {
        const unsigned first = next();
        const unsigned major = first / 32;
        const unsigned info = first % 32;
        if (first == 0xFF) {
            if (!may_break) {
                throw NoValue{End::bad};
            }
            return true;
        }
        const bool indefinite = info == 31 && major >= 2 && major <= 5;
        if (info >= 28 && !indefinite) {
            throw NoValue{End::bad};
        }
        const std::uint64_t argument = info < 24 || indefinite ? info : number(1U << (info - 24));
        if (chunk >= 0 && (static_cast<int>(major) != chunk || indefinite)) {
            throw NoValue{End::bad};
        }
        if (indefinite) {
            cbor_items(major, depth);
        } else if (major == 2 || major == 3) {
            skip(argument);
        } else if (major == 4 || major == 6) {
            values(major == 6 ? 1 : argument, depth);
        } else if (major == 5) {
            values(argument > UINT64_MAX / 2 ? UINT64_MAX : 2 * argument, depth);
        } else if (major == 7 && info == 24 && argument < 32) {
            throw NoValue{End::bad};
        }
        return false;
    }

    void cbor_items(unsigned major, unsigned depth) {
        enter(depth);
        for (bool odd = false;; odd = !odd) {
            const bool may_break = major != 5 || !odd;
            if (cbor(depth + 1, may_break, major <= 3 ? static_cast<int>(major) : -1)) {
                return;
            }
        }
    }

    std::uint64_t resp_number() {
        std::uint64_t value = 0;
        for (unsigned digits = 0;; ++digits) {
            const unsigned byte = next();
            if (byte == '\r' && digits > 0) {
                expect('\n');
                return value;
            }
            if (std::isdigit(static_cast<int>(byte)) == 0 || digits == 10) {
                throw NoValue{End::bad};
            }
            value = value * 10 + (byte - '0');
        }
    }

    void resp(unsigned depth) {
        const std::string_view types = "+-:_#,($!=*~>%|";
        const auto type = static_cast<char>(next());
        const std::size_t index = types.find(type);
        if (index == std::string_view::npos) {
            throw NoValue{End::bad};
        }
        if (index < 7) {
            return resp_line();
        }
        resp_counted(type, depth);
    }

    void resp_line() {
        while (peek() != '\r') {
            if (next() == '\n') {
                throw NoValue{End::bad};
            }
        }
        next();
        expect('\n');
    }

    void resp_counted(char type, unsigned depth) {
        if ((type == '$' || type == '*') && peek() == '-') {
            next();
            expect('1');
            expect('\r');
            expect('\n');
            return;
        }
        const std::uint64_t count = resp_number();
        if (type == '$' || type == '!' || type == '=') {
            skip(count);
            if (at_ + 2 > limit_) {
                throw NoValue{End::over};
            }
            if (at_ + 2 > bytes_.size()) {
                throw NoValue{End::missing};
            }
            expect('\r');
            expect('\n');
        } else if (type == '%') {
            values(2 * count, depth);
        } else {
            values(type == '|' ? 2 * count + 1 : count, depth);
        }
    }

    void blanks() {
        while (std::string_view(" \t\r\n").find(static_cast<char>(peek())) != std::string_view::npos
        ) {
            ++at_;
        }
    }

    void json(unsigned depth) {
        switch (peek()) {
            case '{':
            case '[':
                return json_container(depth);
            case '"':
                return json_string();
            case 't':
                return json_word("true");
            case 'f':
                return json_word("false");
            case 'n':
                return json_word("null");
            default:
                json_number(depth == 0);
        }
    }

    void json_word(std::string_view word) {
        for (const char byte : word) {
            expect(static_cast<unsigned char>(byte));
        }
    }

    void json_container(unsigned depth) {
        enter(depth);
        const bool object = next() == '{';
        const unsigned end = object ? 0x7D : 0x5D;
        blanks();
        if (peek() == end) {
            next();
            return;
        }
        while (true) {
            if (object) {
                json_string();
                blanks();
                expect(':');
                blanks();
            }
            json(depth + 1);
            blanks();
            const unsigned byte = next();
            if (byte == end) {
                return;
            }
            if (byte != ',') {
                throw NoValue{End::bad};
            }
            blanks();
        }
    }

    void json_string() {
        expect('"');
        while (true) {
            const unsigned byte = next();
            if (byte == '"') {
                return;
            }
            if (byte < 0x20) {
                throw NoValue{End::bad};
            }
            if (byte == '\\') {
                json_escape();
            }
        }
    }

    void json_escape() {
        const unsigned byte = next();
        if (byte == 'u') {
            for (int i = 0; i < 4; ++i) {
                if (std::isxdigit(static_cast<int>(next())) == 0) {
                    throw NoValue{End::bad};
                }
            }
        } else if (std::string_view("\"\\/bfnrt").find(static_cast<char>(byte)) ==
                   std::string_view::npos) {
            throw NoValue{End::bad};
        }
    }

    bool digit_follows() const { return !at_end() && std::isdigit(static_cast<int>(peek())) != 0; }

    bool at_end() const { return at_ == bytes_.size(); }

    void digits() {
        if (std::isdigit(static_cast<int>(peek())) == 0) {
            throw NoValue{End::bad};
        }
        while (digit_follows()) {
            next();
        }
    }

    void json_number(bool outermost) {
        if (peek() == '-') {
            next();
        }
        if (peek() == '0') {
            next();
        } else {
            digits();
        }
        if (!at_end() && peek() == '.') {
            next();
            digits();
        }
        if (!at_end() && (peek() == 'e' || peek() == 'E')) {
            next();
            if (peek() == '+' || peek() == '-') {
                next();
            }
            digits();
        }
        if (outermost && !at_end() &&
            std::string_view(" \t\r\n\"[{").find(static_cast<char>(peek())) ==
                std::string_view::npos) {
            throw NoValue{End::bad};
        }
    }

    const Framing& framing_;
    ByteView bytes_;
    std::size_t limit_;
    std::size_t at_ = 0;
};

class NaiveValues {
public:
    NaiveValues(const Framing& framing, ByteView stream)
        : framing_(framing), stream_(stream), budget_(framing.discard_budget) {}

    DecodeOutcome run() {
        skip_blanks();
        while (!stream_.empty() && !outcome_.error) {
            one_value();
            skip_blanks();
        }
        return std::move(outcome_);
    }

private:
    void skip_blanks() {
        while (framing_.format == ValueFormat::json && !stream_.empty() &&
               std::string_view(" \t\r\n").find(stream_.front()) != std::string_view::npos) {
            stream_.remove_prefix(1);
        }
    }

    void one_value() {
        try {
            const std::size_t size = NaiveValue(framing_, stream_, framing_.max_frame_bytes).read();
            outcome_.frames.emplace_back(stream_.substr(0, size));
            stream_.remove_prefix(size);
            budget_ = framing_.discard_budget;
        } catch (const NoValue& none) {
            if (none.end == End::over && framing_.oversize == Oversize::discard) {
                lose_value();
            } else {
                outcome_.error = error_of(none.end);
            }
        }
    }

    void lose_value() {
        ++outcome_.lost;
        try {
            const std::size_t size = NaiveValue(framing_, stream_, budget_).read();
            stream_.remove_prefix(size);
            budget_ -= size;
        } catch (const NoValue& none) {
            outcome_.error = error_of(none.end);
        }
    }

    static FrameError error_of(End end) {
        switch (end) {
            case End::bad:
                return FrameError::bad_value;
            case End::too_deep:
                return FrameError::too_deep;
            case End::over:
                return FrameError::too_large;
            case End::missing:
                break;
        }
        return FrameError::truncated;
    }

    const Framing& framing_;
    ByteView stream_;
    std::size_t budget_;
    DecodeOutcome outcome_;
};

}  // namespace

DecodeOutcome naive_values(const Framing& framing, ByteView stream) {
    return NaiveValues(framing, stream).run();
}

}  // namespace telex::test
