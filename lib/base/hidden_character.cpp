#include "base/hidden_character.hpp"

namespace telex {

bool is_hidden_character(std::string_view character) {
    if (character == "\xD8\x9C") {
        return true;
    }
    if (character.size() != 3 || character[0] != '\xE2') {
        return false;
    }
    const auto second = static_cast<unsigned char>(character[1]);
    const auto third = static_cast<unsigned char>(character[2]);
    if (second == 0x81) {
        return third >= 0xA0 && third <= 0xAF;
    }
    return second == 0x80 && ((third >= 0x8B && third <= 0x8F && third != 0x8C && third != 0x8D) ||
                              (third >= 0xA8 && third <= 0xAE));
}

}  // namespace telex
