#include "log/output.hpp"

#include "log/journal_sink.hpp"
#include "log/lossy_sink.hpp"
#include "log/record.hpp"
#include "log/spdlog_level.hpp"
#include "log/stderr_sink.hpp"

#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>

namespace telex::log {

namespace {

constexpr std::size_t kQueuedLines = 8192;

using Rendering = std::string (*)(const RecordText&);

// Written before there are threads.
Rendering& rendering() {
    static Rendering rendering = to_text;
    return rendering;
}

// $JOURNAL_STREAM names the device and inode of the journal's pipe when systemd connected it.
bool standard_error_is_the_journal() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat status{};
    if (stream == nullptr || ::fstat(STDERR_FILENO, &status) != 0) {
        return false;
    }
    return fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

std::shared_ptr<LossySink> make_sink(Format format) {
    if (format == Format::automatic) {
        format = standard_error_is_the_journal() ? Format::journald : Format::text;
    }
    if (format == Format::journald) {
        rendering() = to_journal_entry;
        return std::make_shared<JournalSink>();
    }
    auto sink = std::make_shared<StderrSink>(STDERR_FILENO);
    if (format == Format::json) {
        rendering() = to_json;
        sink->set_pattern("%v");
    } else {
        rendering() = to_text;
        sink->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    }
    return sink;
}

// The thread that writes.
std::shared_ptr<spdlog::details::thread_pool>& writer() {
    static std::shared_ptr<spdlog::details::thread_pool> pool;
    return pool;
}

}  // namespace

void set_up(Format format, Level level) {
    const auto sink = make_sink(format);
    std::shared_ptr<spdlog::logger> logger;
    try {
        writer() = std::make_shared<spdlog::details::thread_pool>(kQueuedLines, 1);
        // The pool outlives its thread, which is the only caller.
        sink->count_overrun([pool = writer().get()] { return pool->overrun_counter(); });
        logger = std::make_shared<spdlog::async_logger>(
            "telexd", sink, writer(), spdlog::async_overflow_policy::overrun_oldest
        );
    } catch (const std::system_error&) {
        // If no thread can be created, startup fails, and the reason must still be logged.
        logger = std::make_shared<spdlog::logger>("telexd", sink);
    }
    logger->set_level(spdlog_level(level));
    spdlog::set_default_logger(std::move(logger));
}

void set_level(Level level) {
    spdlog::default_logger_raw()->set_level(spdlog_level(level));
}

Level level() {
    return level_of(spdlog::default_logger_raw()->level());
}

void finish() {
    // Ends the thread after its last line; then the logger is unused.
    writer().reset();
    spdlog::shutdown();
}

std::string render(const RecordText& record) {
    return rendering()(record);
}

}  // namespace telex::log
