#pragma once
// One line on standard error that is written over again and again, when that is a terminal.
#include <chrono>
#include <string_view>

namespace telex::cli {

// Used by one thread at a time.
class Progress {
public:
    Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    // Clears the line.
    ~Progress();

    // Is it time for a new line? Twice a second, and never without a terminal.
    bool due();
    void show(std::string_view text);

private:
    std::chrono::steady_clock::time_point next_;
    bool terminal_;
    bool shown_ = false;
};

}  // namespace telex::cli
