#include "app/logging.hpp"

#include "app/journal_sink.hpp"
#include "app/log_event.hpp"
#include "app/lossy_sink.hpp"
#include "app/stderr_sink.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/async.h>
#include <spdlog/formatter.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace telex::app {

namespace {

constexpr std::size_t kQueuedLines = 8192;

// One JSON object per line: time, level, message, and of an event its name and fields.
class JsonFormatter final : public spdlog::formatter {
public:
    void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
        const auto milliseconds =
            std::chrono::duration_cast<std::chrono::milliseconds>(line.time.time_since_epoch())
                .count();
        const std::string_view message(line.payload.data(), line.payload.size());
        nlohmann::json object = {
            {"time", static_cast<double>(milliseconds) / 1000.0},
            {"level", std::string(spdlog::level::to_string_view(line.level).data())},
            {"message", std::string(message)},
        };
        if (const LogEvent* const event = event_of(message); event != nullptr) {
            object["event"] = std::string(event->name);
            for (const auto& [name, value] : fields_of(message)) {
                object["fields"][std::string(name)] = std::string(value);
            }
        }
        const std::string text =
            object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        out.append(text.data(), text.data() + text.size());
        out.push_back('\n');
    }

    std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<JsonFormatter>();
    }
};

// $JOURNAL_STREAM names the device and inode of the journal's pipe when systemd connected it.
bool standard_error_is_the_journal() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat status{};
    if (stream == nullptr || ::fstat(STDERR_FILENO, &status) != 0) {
        return false;
    }
    return fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

std::shared_ptr<LossySink> make_sink(config::LogFormat format) {
    if (format == config::LogFormat::automatic) {
        format =
            standard_error_is_the_journal() ? config::LogFormat::journald : config::LogFormat::text;
    }
    switch (format) {
        case config::LogFormat::journald:
            return std::make_shared<JournalSink>();
        case config::LogFormat::json: {
            auto sink = std::make_shared<StderrSink>(STDERR_FILENO);
            sink->set_formatter(std::make_unique<JsonFormatter>());
            return sink;
        }
        case config::LogFormat::text:
        case config::LogFormat::automatic:
            break;
    }
    auto sink = std::make_shared<StderrSink>(STDERR_FILENO);
    sink->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    return sink;
}

spdlog::level::level_enum level_of(config::LogLevel level) {
    switch (level) {
        case config::LogLevel::debug:
            return spdlog::level::debug;
        case config::LogLevel::info:
            return spdlog::level::info;
        case config::LogLevel::warning:
            return spdlog::level::warn;
        case config::LogLevel::error:
            break;
    }
    return spdlog::level::err;
}

// The thread that writes.
std::shared_ptr<spdlog::details::thread_pool>& writer() {
    static std::shared_ptr<spdlog::details::thread_pool> pool;
    return pool;
}

}  // namespace

void set_up_logging(const config::LogOptions& options) {
    const auto sink = make_sink(options.format);
    std::shared_ptr<spdlog::logger> logger;
    try {
        writer() = std::make_shared<spdlog::details::thread_pool>(kQueuedLines, 1);
        // The pool outlives its thread, which is the only one that asks.
        sink->count_overrun([pool = writer().get()] { return pool->overrun_counter(); });
        logger = std::make_shared<spdlog::async_logger>(
            "telexd", sink, writer(), spdlog::async_overflow_policy::overrun_oldest
        );
    } catch (const std::system_error&) {
        // No threads: nothing else will start, and that is to be said.
        logger = std::make_shared<spdlog::logger>("telexd", sink);
    }
    logger->set_level(level_of(options.level));
    spdlog::set_default_logger(std::move(logger));
}

void set_log_level(config::LogLevel level) {
    spdlog::default_logger()->set_level(level_of(level));
}

config::LogLevel log_level() {
    switch (spdlog::default_logger()->level()) {
        case spdlog::level::debug:
            return config::LogLevel::debug;
        case spdlog::level::info:
            return config::LogLevel::info;
        case spdlog::level::warn:
            return config::LogLevel::warning;
        default:
            return config::LogLevel::error;
    }
}

void finish_logging() {
    // First the thread ends, with the last line; then nobody uses the logger any more.
    writer().reset();
    spdlog::shutdown();
}

}  // namespace telex::app
