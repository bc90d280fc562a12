#pragma once
// Checks a text in UTF-8 that arrives in pieces. A character may be divided by them.
//
// Owner and thread: the stream's.
#include "base/bytes.hpp"

#include <array>
#include <cstddef>

namespace telex::websocket {

class TextCheck {
public:
    // Returns false if the text is wrong. The end of the piece may be within a character.
    [[nodiscard]] bool take(ByteView piece);

    // The text may end here.
    bool is_complete() const { return begun_ == 0; }

    void restart() { begun_ = 0; }

private:
    [[nodiscard]] bool finish_character(ByteView& piece);
    // The begun character can still become one.
    bool may_go_on() const;

    std::array<char, 4> character_{};  // the beginning of one
    std::size_t begun_ = 0;            // its size
};

}  // namespace telex::websocket
