#include "app/store_verification.hpp"

#include "app/store_settings.hpp"
#include "base/time.hpp"

#include <fmt/format.h>
#include <sysexits.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>

namespace telex::app {

namespace {

constexpr std::chrono::milliseconds kProgressInterval{200};

int complain(int exit_code, std::string_view problem) {
    std::fputs(fmt::format("telexd: {}\n", problem).c_str(), stderr);
    return exit_code;
}

// Prints what the verification finds, as it finds it.
class VerificationReport {
public:
    explicit VerificationReport(std::map<store::StreamId, std::string> names)
        : names_(std::move(names)), shows_progress_(::isatty(STDERR_FILENO) == 1) {}

    void note_progress(const store::VerifyProgress& progress) {
        const TimePoint now = Clock::now();
        if (!shows_progress_ || now < next_) {
            return;
        }
        next_ = now + kProgressInterval;
        std::fputs(
            fmt::format(
                "\rstream '{}': {} records, {} MiB\x1b[K",
                name_of(progress.stream),
                progress.records,
                progress.bytes >> 20U
            )
                .c_str(),
            stderr
        );
    }

    void note_damage(const store::StoreError& error) {
        clear_line();
        const std::string where =
            error.stream == 0 ? std::string() : fmt::format("stream '{}': ", name_of(error.stream));
        std::fputs(fmt::format("damaged: {}{}\n", where, error.text).c_str(), stdout);
    }

    void clear_line() const {
        if (shows_progress_) {
            std::fputs("\r\x1b[K", stderr);
        }
    }

private:
    std::string name_of(store::StreamId stream) const {
        const auto found = names_.find(stream);
        return found == names_.end() ? fmt::format("number {}", stream) : found->second;
    }

    std::map<store::StreamId, std::string> names_;
    bool shows_progress_;
    TimePoint next_ = TimePoint::min();
};

// Those whose metadata can be read.
std::map<store::StreamId, std::string> names_of(const store::Store& store) {
    std::map<store::StreamId, std::string> names;
    if (const auto streams = store.streams()) {
        for (const store::StreamMeta& meta : *streams) {
            names[meta.stream] = meta.name;
        }
    }
    return names;
}

}  // namespace

int verify_store(const config::StorageOptions& options) {
    if (!options.enabled) {
        return complain(EX_CONFIG, "the configuration has neither storage nor streams");
    }
    std::error_code unreadable;
    if (!std::filesystem::exists(options.folder, unreadable)) {
        return complain(EX_NOINPUT, fmt::format("there is no store in '{}'", options.folder));
    }
    const auto store = store::open_rocks_store(store_settings(options));
    if (!store) {
        return complain(exit_code_of(store.error().fault), store.error().text);
    }
    VerificationReport report(names_of(**store));
    const auto read = (*store)->verify({
        .progress = [&](const store::VerifyProgress& progress) { report.note_progress(progress); },
        .damage = [&](const store::StoreError& error) { report.note_damage(error); },
    });
    report.clear_line();
    if (!read) {
        return complain(exit_code_of(read.error().fault), read.error().text);
    }
    const std::string summary = fmt::format(
        "{} records in {} blocks, {} bytes: {}\n",
        read->records,
        read->blocks,
        read->bytes,
        read->damages == 0 ? std::string("intact") : fmt::format("{} damaged parts", read->damages)
    );
    const bool written = std::fputs(summary.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
    return read->damages == 0 && written ? EX_OK : EX_IOERR;
}

}  // namespace telex::app
