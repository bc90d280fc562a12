#include "websocket/text_check.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace telex::websocket {

namespace {

constexpr std::size_t kMaxCharacter = 4;

// Size of a character by its first byte; 0 if no character begins with it.
std::size_t announced_size(char first) {
    const auto byte = static_cast<unsigned char>(first);
    if (byte < 0x80) {
        return 1;
    }
    if (byte < 0xC2) {
        return 0;
    }
    if (byte < 0xE0) {
        return 2;
    }
    if (byte < 0xF0) {
        return 3;
    }
    return byte < 0xF5 ? kMaxCharacter : 0;
}

// Size of the character at the end that goes on in the next piece; 0 if there is none.
std::size_t begun_at_end(ByteView text) {
    const std::size_t most = std::min(text.size(), kMaxCharacter - 1);
    for (std::size_t size = 1; size <= most; ++size) {
        const std::size_t announced = announced_size(text[text.size() - size]);
        if (announced != 0) {
            return announced > size ? size : 0;
        }
    }
    return 0;
}

}  // namespace

bool TextCheck::take(ByteView piece) {
    if (begun_ != 0 && !finish_character(piece)) {
        return false;
    }
    if (is_ascii(piece)) {
        return true;
    }
    const std::size_t begun = begun_at_end(piece);
    const ByteView end = piece.substr(piece.size() - begun);
    std::ranges::copy(end, character_.begin());
    begun_ = begun;
    return may_go_on() && is_utf8(piece.substr(0, piece.size() - begun));
}

// Takes what belongs to the character from the front of the piece.
bool TextCheck::finish_character(ByteView& piece) {
    const std::size_t size = announced_size(character_[0]);
    const std::size_t taken = std::min(size - begun_, piece.size());
    std::ranges::copy(
        piece.substr(0, taken), character_.begin() + static_cast<std::ptrdiff_t>(begun_)
    );
    piece.remove_prefix(taken);
    begun_ += taken;
    if (begun_ < size) {
        return may_go_on();
    }
    begun_ = 0;
    return utf8_length({character_.data(), size}) == size;
}

// The second byte decides: those behind it have the same range in all characters.
bool TextCheck::may_go_on() const {
    if (begun_ < 2) {
        return true;
    }
    std::array<char, kMaxCharacter> whole = character_;
    std::fill(whole.begin() + static_cast<std::ptrdiff_t>(begun_), whole.end(), '\x80');
    return utf8_length({whole.data(), announced_size(whole[0])}) != 0;
}

}  // namespace telex::websocket
