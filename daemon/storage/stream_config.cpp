#include "storage/stream_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace telex::storage {

namespace {

using streams::StreamOptions;

// Larger times are refused by streams::check(), so they need not be exact.
constexpr std::uint64_t kMaxMilliseconds = 9'000'000'000'000;

streams::Duration duration_of(std::uint64_t milliseconds) {
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(std::min(milliseconds, kMaxMilliseconds))
    );
}

std::uint64_t milliseconds_of(streams::Duration duration) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()
    );
}

std::optional<std::uint64_t> limit_of(std::uint64_t value) {
    return value == 0 ? std::nullopt : std::optional(value);
}

void read_limits(const v1::StreamConfig& config, StreamOptions& options) {
    options.max_messages = limit_of(config.max_messages());
    options.max_bytes = limit_of(config.max_bytes());
    options.max_per_subject = limit_of(config.max_per_subject());
    if (config.max_age_ms() != 0) {
        options.max_age = duration_of(config.max_age_ms());
    }
    if (config.max_message_bytes() != 0) {
        options.max_message_bytes = config.max_message_bytes();
    } else if (options.max_bytes) {
        // The default must not contradict another setting.
        options.max_message_bytes = std::min(options.max_message_bytes, *options.max_bytes);
    }
    if (config.max_subjects() != 0) {
        options.max_subjects = config.max_subjects();
    }
}

void read_duplicates(const v1::StreamConfig& config, StreamOptions& options) {
    if (config.max_duplicate_ids() != 0) {
        options.max_duplicate_ids = config.max_duplicate_ids();
    }
    if (!config.has_duplicate_window_ms()) {
        if (options.max_age) {
            options.duplicate_window = std::min(*options.duplicate_window, *options.max_age);
        }
    } else if (config.duplicate_window_ms() == 0) {
        options.duplicate_window.reset();
    } else {
        options.duplicate_window = duration_of(config.duplicate_window_ms());
    }
}

streams::Discard discard_of(v1::StreamConfig::Discard discard) {
    switch (discard) {
        case v1::StreamConfig::NEWEST:
            return streams::Discard::newest;
        case v1::StreamConfig::NEWEST_PER_SUBJECT:
            return streams::Discard::newest_per_subject;
        default:
            return streams::Discard::oldest;
    }
}

v1::StreamConfig::Discard discard_of(streams::Discard discard) {
    switch (discard) {
        case streams::Discard::newest:
            return v1::StreamConfig::NEWEST;
        case streams::Discard::newest_per_subject:
            return v1::StreamConfig::NEWEST_PER_SUBJECT;
        case streams::Discard::oldest:
            break;
    }
    return v1::StreamConfig::OLDEST;
}

// A stream stores messages of clients only.
bool is_of_exchange(std::string_view subject) {
    return subject.starts_with('$') || subject.starts_with("_REPLY");
}

// Values of a newer version that this one does not know.
bool has_unknown_values(const v1::StreamConfig& config) {
    return !v1::StreamConfig::Discard_IsValid(config.discard()) ||
           !v1::StreamConfig::Compression_IsValid(config.compression());
}

}  // namespace

StreamResult<void> check_options(const StreamOptions& options) {
    std::string text;
    const auto add = [&](std::string_view setting, std::string_view problem) {
        text += fmt::format("{}{} {}", text.empty() ? "" : "; ", setting, problem);
    };
    for (const streams::OptionProblem& problem : streams::check(options)) {
        add(problem.setting, problem.text);
    }
    for (const std::string& subject : options.subjects) {
        if (is_of_exchange(subject)) {
            add("subjects", fmt::format("'{}' is a subject of the exchange", subject));
        }
    }
    if (options.retention != streams::Retention::limits) {
        add("retention", "must be limits");
    }
    if (!text.empty()) {
        return stream_fault(
            v1::STREAM_BAD_CONFIG, fmt::format("stream '{}': {}", options.name, text)
        );
    }
    return {};
}

StreamResult<StreamOptions> options_of(const v1::StreamConfig& config) {
    if (has_unknown_values(config)) {
        return stream_fault(
            v1::STREAM_BAD_CONFIG,
            fmt::format("stream '{}': discard or compression is unknown", config.name())
        );
    }
    StreamOptions options;
    options.name = config.name();
    options.subjects.assign(config.subjects().begin(), config.subjects().end());
    options.discard = discard_of(config.discard());
    read_limits(config, options);
    read_duplicates(config, options);
    options.allow_ttl = config.allow_ttl();
    options.allow_roll_up = config.allow_roll_up();
    options.deny_erase = config.deny_erase();
    options.deny_purge = config.deny_purge();
    if (config.index_all()) {
        options.subject_index = streams::SubjectIndexing::all;
    }
    if (config.compression() == v1::StreamConfig::ZSTD) {
        options.compression = streams::Compression::zstd;
    }
    if (config.sync_interval_ms() != 0) {
        options.sync = streams::Sync::interval;
        options.sync_interval = duration_of(config.sync_interval_ms());
    }
    if (auto checked = check_options(options); !checked) {
        return unexpected(std::move(checked.error()));
    }
    return options;
}

std::string text_of(const streams::StreamOverlap& overlap, std::string_view stream) {
    return fmt::format(
        "stream '{}': stream '{}' stores subjects of '{}' by '{}'",
        stream,
        overlap.stream,
        overlap.subject,
        overlap.other
    );
}

v1::StreamConfig config_of(const StreamOptions& options, std::string_view account) {
    v1::StreamConfig config;
    config.set_name(options.name);
    config.set_account(std::string(account));
    for (const std::string& subject : options.subjects) {
        config.add_subjects(subject);
    }
    config.set_discard(discard_of(options.discard));
    config.set_max_messages(options.max_messages.value_or(0));
    config.set_max_bytes(options.max_bytes.value_or(0));
    config.set_max_per_subject(options.max_per_subject.value_or(0));
    config.set_max_age_ms(milliseconds_of(options.max_age.value_or(streams::Duration{})));
    config.set_max_message_bytes(options.max_message_bytes);
    config.set_duplicate_window_ms(
        milliseconds_of(options.duplicate_window.value_or(streams::Duration{}))
    );
    config.set_max_duplicate_ids(options.max_duplicate_ids);
    config.set_max_subjects(options.max_subjects);
    config.set_allow_ttl(options.allow_ttl);
    config.set_allow_roll_up(options.allow_roll_up);
    config.set_deny_erase(options.deny_erase);
    config.set_deny_purge(options.deny_purge);
    config.set_index_all(options.subject_index == streams::SubjectIndexing::all);
    config.set_compression(
        options.compression == streams::Compression::zstd ? v1::StreamConfig::ZSTD
                                                          : v1::StreamConfig::NONE
    );
    config.set_sync_interval_ms(milliseconds_of(options.sync_interval.value_or(streams::Duration{}))
    );
    return config;
}

}  // namespace telex::storage
