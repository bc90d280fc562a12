#include "cli/terminal/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace telex::cli {
namespace {

constexpr std::chrono::milliseconds kProgressInterval{500};
constexpr const char* kClearLine = "\r\033[K";

}  // namespace

Progress::Progress()
    : next_(Clock::now() + kProgressInterval), terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
    if (shown_) {
        fmt::print(stderr, "{}", kClearLine);
    }
}

bool Progress::due() {
    if (!terminal_) {
        return false;
    }
    const auto now = Clock::now();
    if (now < next_) {
        return false;
    }
    next_ = now + kProgressInterval;
    return true;
}

void Progress::show(std::string_view text) {
    fmt::print(stderr, "{}{}", kClearLine, text);
    shown_ = true;
}

}  // namespace telex::cli
