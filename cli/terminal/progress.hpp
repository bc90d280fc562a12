#pragma once
// A progress line on standard error, overwritten in place. Nothing is shown without a terminal.
#include "base/time.hpp"

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

    // Returns true twice a second, and never without a terminal.
    bool due();
    void show(std::string_view text);

private:
    TimePoint next_;
    bool terminal_;
    bool shown_ = false;
};

}  // namespace telex::cli
