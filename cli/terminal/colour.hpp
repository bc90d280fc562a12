#pragma once
// Colours of text on a terminal.
#include <cstdint>
#include <string>

namespace telex::cli {

enum class Colour : std::uint8_t { plain, red, green, yellow, magenta, cyan };

class Colours {
public:
    explicit Colours(bool enabled = false) : enabled_(enabled) {}

    // Only for a terminal, unless the user wants none (NO_COLOR) or it has none (TERM=dumb).
    static Colours for_output(int fd);
    // The same with given variables, which may be null.
    static Colours with(bool terminal, const char* no_color, const char* term);

    bool enabled() const { return enabled_; }

    std::string paint(Colour colour, std::string text) const;

private:
    bool enabled_;
};

}  // namespace telex::cli
