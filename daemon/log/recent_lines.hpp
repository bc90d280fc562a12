#pragma once
// The last lines of the log, for operators whose log is out of reach: `telex support-bundle`.
//
// Bounded: when kMaxBytes of text are held, the oldest lines go. Thread: any.
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace telex::log {

class RecentLines {
public:
    static constexpr std::size_t kMaxBytes = 64U << 10U;

    // A line over kMaxBytes is left out.
    void add(std::string line);

    // Returns the held lines, oldest first.
    std::vector<std::string> lines() const;

private:
    mutable std::mutex mutex_;
    std::deque<std::string> lines_;
    std::size_t bytes_ = 0;
};

// Those of the process: what write() has written, as text with time and level.
RecentLines& recent_lines();

}  // namespace telex::log
