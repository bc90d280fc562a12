#include "log/lossy_sink.hpp"

#include "log/output.hpp"
#include "log/record.hpp"

#include <array>
#include <string>

namespace telex::log {

void LossySink::sink_it_(const spdlog::details::log_msg& line) {
    if (!report_losses(line.time) || !write(line)) {
        ++unread_;
    }
}

bool LossySink::report_losses(spdlog::log_clock::time_point now) {
    const std::uint64_t overrun = overrun_ ? overrun_() : 0;
    if (unread_ == 0 && overrun == reported_overrun_) {
        return true;
    }
    constexpr EventId kLost = "log_lines_lost";
    const std::array fields{
        Field{"unread", unread_}, Field{"overrun", overrun - reported_overrun_}
    };
    const Record record{
        .event = *kLost, .level = (*kLost).level, .fields = fields, .suppressed = 0, .time = now
    };
    const std::string note = render(RecordText(record));
    if (!write({now, {}, {}, spdlog::level::warn, note})) {
        return false;
    }
    unread_ = 0;
    reported_overrun_ = overrun;
    return true;
}

}  // namespace telex::log
