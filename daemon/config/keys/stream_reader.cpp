#include "config/keys/stream_reader.hpp"

#include "config/keys/mapping.hpp"
#include "config/keys/stream_keys.hpp"
#include "config/parse/value_error.hpp"
#include "streams/stream_change.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace telex::config {

namespace {

using streams::StreamOptions;

// Defaults give way to limits of the file that are below them.
void settle_defaults(StreamOptions& options, const std::string& path, const Origins& origins) {
    if (!origins.given(join(path, "duplicate_window")) && options.max_age) {
        options.duplicate_window = std::min(*options.duplicate_window, *options.max_age);
    }
    if (!origins.given(join(path, "max_message_bytes")) && options.max_bytes) {
        options.max_message_bytes = std::min(options.max_message_bytes, *options.max_bytes);
    }
}

StreamEntry read_stream(const Node& node, const std::string& path, Reader& reader) {
    StreamEntry entry;
    if (has_shape(node, path, SectionKind{}, reader)) {
        read_mapping(entry, stream_keys(), node, path, reader);
        settle_defaults(entry.options, path, reader.origins());
    }
    return entry;
}

// Streams store messages of clients only.
bool is_reserved(std::string_view subject) {
    return subject.starts_with('$') || subject == "_REPLY" || subject.starts_with("_REPLY.");
}

class StreamCheck {
public:
    StreamCheck(const Config& config, const Origins& origins, Report& report)
        : config_(config), origins_(origins), report_(report) {}

    void stream(std::size_t index) {
        const std::string path = item("streams", index);
        if (!origins_.good(path)) {
            return;
        }
        const StreamEntry& entry = config_.streams[index];
        account(entry, path);
        name(entry, path);
        settings(entry, path);
        overlaps(index, path);
    }

private:
    void account(const StreamEntry& entry, const std::string& path) const {
        const std::string where = join(path, "account");
        const auto& accounts = config_.server.accounts;
        const bool known = entry.account == access::kDefaultAccountName ||
                           std::ranges::any_of(accounts, [&](const access::Account& account) {
                               return account.name == entry.account;
                           });
        if (!known && origins_.good(where) && origins_.good("accounts")) {
            refuse(where, fmt::format("'{}' is not one of 'accounts'", entry.account));
        }
    }

    void name(const StreamEntry& entry, const std::string& path) {
        const std::string where = join(path, "name");
        if (!origins_.good(where)) {
            return;
        }
        const auto [first, is_new] = names_.emplace(
            std::pair<std::string_view, std::string_view>(entry.account, entry.options.name), where
        );
        if (!is_new) {
            refuse(
                where,
                fmt::format(
                    "'{}' is the name of another stream of its account, {} (line {})",
                    entry.options.name,
                    first->second,
                    origins_.value_of(first->second).line
                )
            );
        }
    }

    void settings(const StreamEntry& entry, const std::string& path) const {
        for (const streams::OptionProblem& problem : streams::check(entry.options)) {
            const std::string where = join(path, problem.setting);
            // An error of one value, and a value that could not be read, are reported already.
            if (problem.setting != "name" && is_good_with_others(path, problem.setting)) {
                refuse(where, problem.text);
            }
        }
        for (const std::string& subject : entry.options.subjects) {
            const bool named_already = subject.starts_with("$SYS.") ||
                                       subject.starts_with("$JS.") ||
                                       subject.starts_with("_REPLY.");
            if (is_reserved(subject) && !named_already) {
                refuse(
                    join(path, "subjects"),
                    fmt::format("'{}' is reserved: streams store clients' messages only", subject)
                );
            }
        }
    }

    // Returns true if neither the setting nor another one that its rules read has an error.
    bool is_good_with_others(const std::string& path, std::string_view setting) const {
        constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kReads{{
            {"max_message_bytes", "max_bytes"},
            {"max_per_subject", "max_messages"},
            {"duplicate_window", "max_age"},
            {"discard", "max_messages"},
            {"discard", "max_bytes"},
            {"discard", "max_per_subject"},
            {"allow_roll_up", "deny_purge"},
            {"sync_interval", "sync"},
        }};
        const bool good =
            setting == "subjects" ? are_subjects_good(path) : origins_.good(join(path, setting));
        return good && std::ranges::all_of(kReads, [&](const auto& row) {
                   return row.first != setting || origins_.good(join(path, row.second));
               });
    }

    bool are_subjects_good(const std::string& path) const {
        const std::string where = join(path, "subjects");
        std::size_t i = 0;
        while (origins_.given(item(where, i)) && origins_.good(item(where, i))) {
            ++i;
        }
        return origins_.good(where) && !origins_.given(item(where, i));
    }

    // With the streams before it, so that each pair is reported once.
    void overlaps(std::size_t index, const std::string& path) const {
        const std::string where = join(path, "subjects");
        if (!are_subjects_good(path)) {
            return;
        }
        const StreamEntry& entry = config_.streams[index];
        for (std::size_t i = 0; i < index; ++i) {
            const StreamEntry& other = config_.streams[i];
            const std::string theirs = join(item("streams", i), "subjects");
            if (other.account != entry.account || !origins_.good(theirs)) {
                continue;
            }
            const std::array<const StreamOptions*, 1> others{&other.options};
            for (const auto& overlap : streams::check_overlap(entry.options, others)) {
                refuse(
                    where,
                    fmt::format(
                        "'{}' overlaps '{}' of {} (line {})",
                        overlap.subject,
                        overlap.other,
                        theirs,
                        origins_.value_of(theirs).line
                    )
                );
            }
        }
    }

    void refuse(const std::string& where, std::string_view message) const {
        value_error(where, message, origins_, report_);
    }

    const Config& config_;
    const Origins& origins_;
    Report& report_;
    std::map<std::pair<std::string_view, std::string_view>, std::string> names_;
};

}  // namespace

std::vector<StreamEntry> read_streams(const Node& node, const std::string& path, Reader& reader) {
    std::vector<StreamEntry> streams;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Node& entry = node.items[i];
        const std::string where = item(path, i);
        reader.origins().set(where, entry.at, entry.at);
        streams.push_back(read_stream(entry, where, reader));
    }
    return streams;
}

void check_streams(const Config& config, const Origins& origins, Report& report) {
    std::map<std::string_view, std::size_t> counts;
    StreamCheck check(config, origins, report);
    for (std::size_t i = 0; i < config.streams.size(); ++i) {
        check.stream(i);
        if (++counts[config.streams[i].account] == kMaxConfiguredStreams + 1) {
            report.error(
                origins.key_of("streams"),
                fmt::format(
                    "streams: account '{}' has more than {} streams",
                    config.streams[i].account,
                    kMaxConfiguredStreams
                )
            );
        }
    }
}

}  // namespace telex::config
