#pragma once
// A sink whose reader may take no more. What it does not take is lost and counted, as is what the
// queue before the sink has lost; the next line that is taken comes after one that says how many.
//
// Thread: the logger's.
#include <spdlog/sinks/base_sink.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

namespace telex::app {

class LossySink : public spdlog::sinks::base_sink<std::mutex> {
public:
    // How many lines the queue has lost so far; set before there are lines.
    using Overrun = std::function<std::uint64_t()>;

    void count_overrun(Overrun overrun) { overrun_ = std::move(overrun); }

protected:
    // False: the line is lost, or its end.
    virtual bool write(const spdlog::details::log_msg& line) = 0;

private:
    void sink_it_(const spdlog::details::log_msg& line) final;

    void flush_() final {}

    bool tell_losses(spdlog::log_clock::time_point now);

    Overrun overrun_;
    std::uint64_t unread_ = 0;
    std::uint64_t told_overrun_ = 0;
};

}  // namespace telex::app
