#include "log/recent_lines.hpp"

#include <utility>

namespace telex::log {

void RecentLines::add(std::string line) {
    if (line.size() > kMaxBytes) {
        return;
    }
    const std::scoped_lock lock(mutex_);
    bytes_ += line.size();
    lines_.push_back(std::move(line));
    while (bytes_ > kMaxBytes) {
        bytes_ -= lines_.front().size();
        lines_.pop_front();
    }
}

std::vector<std::string> RecentLines::lines() const {
    const std::scoped_lock lock(mutex_);
    return {lines_.begin(), lines_.end()};
}

RecentLines& recent_lines() {
    static RecentLines lines;
    return lines;
}

}  // namespace telex::log
