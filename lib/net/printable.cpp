#include "net/printable.hpp"

#include <fmt/format.h>

#include <iterator>

namespace telex::net {

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (c >= ' ' && c < '\x7f' && c != '\\') {
            out.push_back(c);
        } else {
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

}  // namespace telex::net
