#include "wire/plain_text.hpp"

#include "base/utf8.hpp"
#include "wire/json_string.hpp"

namespace telex::wire {
namespace {

bool is_layout(char byte) {
    return byte == '\t' || byte == '\n' || byte == '\r';
}

// U+0080 to U+009F: terminals interpret them like the controls below U+0020.
bool begins_control(const char* at, const char* end) {
    return *at == '\xC2' && end - at > 1 && static_cast<unsigned char>(at[1]) < 0xA0;
}

}  // namespace

bool is_plain_text(ByteView payload) {
    const char* at = payload.data();
    const char* const end = at + payload.size();
    while ((at = find_control_or<'\x7F', '\xC2'>(at, end)) != end) {
        const bool printable = *at == '\xC2' && !begins_control(at, end);
        if (!printable && !is_layout(*at)) {
            return false;
        }
        ++at;
    }
    return is_utf8(payload);
}

}  // namespace telex::wire
