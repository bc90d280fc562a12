#include "cli/terminal/colour.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace telex::cli {
namespace {

std::string_view sequence_of(Colour colour) {
    switch (colour) {
        case Colour::plain:
            break;
        case Colour::red:
            return "\x1b[31m";
        case Colour::green:
            return "\x1b[32m";
        case Colour::yellow:
            return "\x1b[33m";
        case Colour::magenta:
            return "\x1b[35m";
        case Colour::cyan:
            return "\x1b[36m";
    }
    return "";
}

}  // namespace

Colours Colours::for_output(int fd) {
    return with(::isatty(fd) == 1, std::getenv("NO_COLOR"), std::getenv("TERM"));
}

// An empty NO_COLOR is as none (no-color.org).
Colours Colours::with(bool terminal, const char* no_color, const char* term) {
    const bool refused = no_color != nullptr && *no_color != '\0';
    const bool dumb = term == nullptr || std::string_view(term) == "dumb";
    return Colours(terminal && !refused && !dumb);
}

std::string Colours::paint(Colour colour, std::string text) const {
    constexpr std::string_view kReset = "\x1b[0m";
    if (!enabled_ || colour == Colour::plain) {
        return text;
    }
    return std::string(sequence_of(colour)).append(text).append(kReset);
}

}  // namespace telex::cli
