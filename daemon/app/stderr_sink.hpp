#pragma once
// Log lines to a descriptor that nobody may be reading: a line that finds no room is dropped, and
// the next one that is written says how many were.
//
// A reader that is merely slow gets a moment; one that has stopped is not waited for again until it
// reads. Thread: the logger's.
#include <spdlog/sinks/base_sink.h>

#include <chrono>
#include <cstdint>
#include <mutex>

namespace telex::app {

class StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    // `fd` is not owned. Waits at most `patience` for a reader.
    explicit StderrSink(int fd, std::chrono::milliseconds patience = std::chrono::seconds(1))
        : fd_(fd), patience_(patience) {}

private:
    void sink_it_(const spdlog::details::log_msg& line) override;

    void flush_() override {}

    bool has_room();
    void write_whole(const char* data, std::size_t size);

    int fd_;
    std::chrono::milliseconds patience_;
    bool stuck_ = false;
    std::uint64_t dropped_ = 0;
};

}  // namespace telex::app
