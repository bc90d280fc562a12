#pragma once
// A sink whose reader may stop reading. Lines that it does not accept are lost and counted, like
// those that the queue in front of the sink lost; a line with both counts precedes the next line.
//
// Thread: the logger's.
#include <spdlog/sinks/base_sink.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

namespace telex::log {

class LossySink : public spdlog::sinks::base_sink<std::mutex> {
public:
    // Returns the lines that the queue has lost so far. Set before the first line.
    using Overrun = std::function<std::uint64_t()>;

    void count_overrun(Overrun overrun) { overrun_ = std::move(overrun); }

protected:
    // Returns false if the line, or its end, was lost.
    virtual bool write(const spdlog::details::log_msg& line) = 0;

private:
    void sink_it_(const spdlog::details::log_msg& line) final;

    void flush_() final {}

    // Returns false if there are losses and the line that reports them was lost, too.
    bool report_losses(spdlog::log_clock::time_point now);

    Overrun overrun_;
    std::uint64_t unread_ = 0;
    std::uint64_t reported_overrun_ = 0;
};

}  // namespace telex::log
