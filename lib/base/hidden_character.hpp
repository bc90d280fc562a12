#pragma once
// Characters that change how a text looks without being seen: marks that turn its direction, and
// invisible ones.
#include <string_view>

namespace telex {

// Returns true for U+061C, U+200B to U+200F, U+2028 to U+202E and U+2060 to U+206F, without the
// joiners U+200C and U+200D, which some scripts need. `character`: UTF-8, a whole character.
bool is_hidden_character(std::string_view character);

}  // namespace telex
