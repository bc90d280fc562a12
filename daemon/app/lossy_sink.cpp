#include "app/lossy_sink.hpp"

#include <fmt/format.h>

namespace telex::app {

void LossySink::sink_it_(const spdlog::details::log_msg& line) {
    if (!tell_losses(line.time) || !write(line)) {
        ++unread_;
    }
}

// False: there are some, and nobody to tell.
bool LossySink::tell_losses(spdlog::log_clock::time_point now) {
    const std::uint64_t overrun = overrun_ ? overrun_() : 0;
    if (unread_ == 0 && overrun == told_overrun_) {
        return true;
    }
    const std::string note =
        fmt::format("log lines were lost: unread={} overrun={}", unread_, overrun - told_overrun_);
    if (!write({now, {}, {}, spdlog::level::warn, note})) {
        return false;
    }
    unread_ = 0;
    told_overrun_ = overrun;
    return true;
}

}  // namespace telex::app
