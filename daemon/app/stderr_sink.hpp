#pragma once
// Log lines to a descriptor that nobody may be reading.
//
// A reader that is merely slow gets a moment; one that has stopped is not waited for again until it
// reads. Thread: the logger's.
#include "app/lossy_sink.hpp"

#include <chrono>

namespace telex::app {

class StderrSink final : public LossySink {
public:
    // `fd` is not owned. Waits at most `patience` for a reader to take some of a line.
    explicit StderrSink(int fd, std::chrono::milliseconds patience = std::chrono::seconds(1))
        : fd_(fd), patience_(patience) {}

private:
    bool write(const spdlog::details::log_msg& line) override;
    bool has_room();

    int fd_;
    std::chrono::milliseconds patience_;
    bool stuck_ = false;
    bool torn_ = false;  // the last line that was begun has no end
};

}  // namespace telex::app
