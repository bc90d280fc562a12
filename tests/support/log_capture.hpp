#pragma once
// Captures the log of this process, as text without times: "warning messages dropped: reason=...".
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::testing {

class LogCapture {
public:
    LogCapture() {
        spdlog::set_default_logger(std::make_shared<spdlog::logger>("captured", sink_));
    }

    ~LogCapture() { spdlog::set_default_logger(before_); }

    LogCapture(const LogCapture&) = delete;
    LogCapture& operator=(const LogCapture&) = delete;

    std::vector<std::string> lines() const { return sink_->lines(); }

    // The lines since the last take().
    std::vector<std::string> take() { return sink_->take(); }

private:
    class Sink final : public spdlog::sinks::base_sink<std::mutex> {
    public:
        std::vector<std::string> lines() {
            const std::lock_guard lock(mutex_);
            return lines_;
        }

        std::vector<std::string> take() {
            const std::lock_guard lock(mutex_);
            return std::exchange(lines_, {});
        }

    private:
        void sink_it_(const spdlog::details::log_msg& line) override {
            const auto level = spdlog::level::to_string_view(line.level);
            lines_.push_back(std::string(level.data(), level.size()) + " ");
            lines_.back().append(line.payload.data(), line.payload.size());
        }

        void flush_() override {}

        std::vector<std::string> lines_;
    };

    std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
    std::shared_ptr<Sink> sink_ = std::make_shared<Sink>();
};

}  // namespace telex::testing
