#pragma once
// Writes log lines to a descriptor whose reader may have stopped.
//
// A slow reader gets a moment; a stopped one is not waited for again until it reads. Thread: the
// logger's.
#include "log/lossy_sink.hpp"

#include <chrono>

namespace telex::log {

class StderrSink final : public LossySink {
public:
    // `fd` is not owned. Waits at most `patience` for the reader to take a part of a line.
    explicit StderrSink(int fd, std::chrono::milliseconds patience = std::chrono::seconds(1))
        : fd_(fd), patience_(patience) {}

private:
    bool write(const spdlog::details::log_msg& line) override;
    bool has_room();

    int fd_;
    std::chrono::milliseconds patience_;
    bool stuck_ = false;
    bool torn_ = false;  // the last line was cut off
};

}  // namespace telex::log
