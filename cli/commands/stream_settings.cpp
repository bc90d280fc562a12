#include "cli/commands/stream_settings.hpp"

#include "base/units.hpp"
#include "cli/options/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>

namespace telex::cli {
namespace {

using v1::StreamConfig;
using Number = std::uint64_t;
using Parse = Result<Number, std::string> (*)(std::string_view);
using Set = void (StreamConfig::*)(Number);
using Flag = void (StreamConfig::*)(bool);

constexpr const char* kNoLimitWord = "none";
constexpr std::array<std::string_view, 3> kDiscardWords{"oldest", "newest", "newest-per-subject"};

[[nodiscard]] Result<Number, std::string> parse_milliseconds(std::string_view text) {
    return parse_duration(text).map([](std::chrono::milliseconds time) {
        return static_cast<Number>(time.count());
    });
}

// A number that is not zero, or `word`, which is stored as zero.
Value number_value(StreamEdits& edits, Parse parse, const std::string& word, Set set) {
    return {
        .kind = Value::Kind::text,
        .store = [&edits, parse, word, set](const std::string& text) -> Result<void, std::string> {
            Number number = 0;
            if (word.empty() || text != word) {
                const auto parsed = parse(text);
                if (!parsed) {
                    return unexpected(parsed.error());
                }
                if (*parsed == 0) {
                    return unexpected(std::string("must be greater than zero"));
                }
                number = *parsed;
            }
            edits.emplace_back([set, number](StreamConfig& config) { (config.*set)(number); });
            return {};
        },
        .choices = {},
    };
}

Value flag_value(StreamEdits& edits, Flag set) {
    return value::choice({"true", "false"}, [&edits, set](const std::string& word) {
        edits.emplace_back([set, is_set = word == "true"](StreamConfig& config) {
            (config.*set)(is_set);
        });
    });
}

void add_limits(OptionSet& options, StreamEdits& edits) {
    const auto limit =
        [&](const char* name, const char* unit, const char* help, Parse parse, Set set) {
            options.add(
                {name,
                 fmt::format("{}|{}", unit, kNoLimitWord),
                 help,
                 number_value(edits, parse, kNoLimitWord, set)}
            );
        };
    limit("--max-messages", "N", "Maximum messages", parse_count, &StreamConfig::set_max_messages);
    limit("--max-bytes", "SIZE", "Maximum size", parse_size, &StreamConfig::set_max_bytes);
    limit(
        "--max-per-subject",
        "N",
        "Maximum messages of each subject",
        parse_count,
        &StreamConfig::set_max_per_subject
    );
    limit(
        "--max-age",
        "DURATION",
        "Remove messages at this age",
        parse_milliseconds,
        &StreamConfig::set_max_age_ms
    );
    options.add(
        {"--discard",
         "RULE",
         "At a limit: oldest (default) removes the oldest messages, newest refuses new ones, "
         "newest-per-subject refuses them at --max-per-subject, too",
         value::choice(
             {kDiscardWords.begin(), kDiscardWords.end()},
             [&edits](const std::string& word) {
                 const auto* const found = std::ranges::find(kDiscardWords, word);
                 const auto rule =
                     static_cast<StreamConfig::Discard>(std::distance(kDiscardWords.begin(), found)
                     );
                 edits.emplace_back([rule](StreamConfig& config) { config.set_discard(rule); });
             }
         )}
    );
    options.add(
        {"--max-message-bytes",
         "SIZE",
         "Maximum size of a message (default: 1MiB)",
         number_value(edits, parse_size, "", &StreamConfig::set_max_message_bytes)}
    );
}

void add_memory(OptionSet& options, StreamEdits& edits) {
    options.add(
        {"--duplicate-window",
         "DURATION|off",
         "How long message ids are remembered (default: 2m)",
         number_value(edits, parse_milliseconds, "off", &StreamConfig::set_duplicate_window_ms)}
    );
    options.add(
        {"--max-duplicate-ids",
         "N",
         "Maximum remembered message ids (default: 1000000)",
         number_value(edits, parse_count, "", &StreamConfig::set_max_duplicate_ids)}
    );
    options.add(
        {"--max-subjects",
         "N",
         "Maximum different subjects (default: 1000000)",
         number_value(edits, parse_count, "", &StreamConfig::set_max_subjects)}
    );
    options.add(
        {"--subject-index",
         "last|all",
         "Sequences of each subject that are kept in memory (default: last)",
         value::choice(
             {"last", "all"},
             [&edits](const std::string& word) {
                 edits.emplace_back([all = word == "all"](StreamConfig& config) {
                     config.set_index_all(all);
                 });
             }
         )}
    );
}

void add_rules(OptionSet& options, StreamEdits& edits) {
    const auto flag = [&](const char* name, const char* help, Flag set) {
        options.add({name, "true|false", help, flag_value(edits, set)});
    };
    flag("--allow-ttl", "Allow messages with a time to live", &StreamConfig::set_allow_ttl);
    flag("--allow-roll-up", "Allow messages that replace others", &StreamConfig::set_allow_roll_up);
    flag("--deny-erase", "Refuse to erase single messages", &StreamConfig::set_deny_erase);
    flag("--deny-purge", "Refuse to purge the stream", &StreamConfig::set_deny_purge);
}

void add_disk(OptionSet& options, StreamEdits& edits) {
    options.add(
        {"--compression",
         "none|zstd",
         "Compression of stored messages (default: none)",
         value::choice(
             {"none", "zstd"},
             [&edits](const std::string& word) {
                 const auto kind = word == "zstd" ? StreamConfig::ZSTD : StreamConfig::NONE;
                 edits.emplace_back([kind](StreamConfig& config) { config.set_compression(kind); });
             }
         )}
    );
    options.add(
        {"--sync",
         "always|DURATION",
         "Acknowledge messages that are on the disk (default), or write to the disk at this "
         "interval",
         number_value(edits, parse_milliseconds, "always", &StreamConfig::set_sync_interval_ms)}
    );
}

// The settings as rows.
class SettingRows {
public:
    void number(std::string_view name, Number value) {
        if (value != 0) {
            row(name, std::to_string(value));
        }
    }

    void size(std::string_view name, Number bytes) {
        if (bytes != 0) {
            row(name, format_size(bytes));
        }
    }

    void time(std::string_view name, Number milliseconds) {
        if (milliseconds != 0) {
            row(name, format_duration(std::chrono::milliseconds(milliseconds)));
        }
    }

    void flag(std::string_view name, bool is_set) {
        if (is_set) {
            row(name, "true");
        }
    }

    void row(std::string_view name, std::string_view value) {
        fmt::format_to(std::back_inserter(text), "  {:<20}{}\n", name, value);
    }

    std::string text;
};

}  // namespace

void add_stream_settings(OptionSet& options, StreamEdits& edits) {
    options.begin_section("Settings");
    add_limits(options, edits);
    add_memory(options, edits);
    add_rules(options, edits);
    add_disk(options, edits);
    options.end_section();
}

std::string settings_text(const v1::StreamConfig& config) {
    SettingRows rows;
    rows.number("max-messages", config.max_messages());
    rows.size("max-bytes", config.max_bytes());
    rows.number("max-per-subject", config.max_per_subject());
    rows.time("max-age", config.max_age_ms());
    if (config.discard() != StreamConfig::OLDEST) {
        // A newer exchange may have further rules.
        const auto rule = static_cast<std::size_t>(config.discard());
        rows.row("discard", rule < kDiscardWords.size() ? kDiscardWords.at(rule) : "unknown");
    }
    rows.size("max-message-bytes", config.max_message_bytes());
    if (config.has_duplicate_window_ms() && config.duplicate_window_ms() == 0) {
        rows.row("duplicate-window", "off");
    }
    rows.time("duplicate-window", config.duplicate_window_ms());
    rows.number("max-duplicate-ids", config.max_duplicate_ids());
    rows.number("max-subjects", config.max_subjects());
    if (config.index_all()) {
        rows.row("subject-index", "all");
    }
    rows.flag("allow-ttl", config.allow_ttl());
    rows.flag("allow-roll-up", config.allow_roll_up());
    rows.flag("deny-erase", config.deny_erase());
    rows.flag("deny-purge", config.deny_purge());
    if (config.compression() == StreamConfig::ZSTD) {
        rows.row("compression", "zstd");
    }
    rows.time("sync", config.sync_interval_ms());
    return std::move(rows.text);
}

}  // namespace telex::cli
