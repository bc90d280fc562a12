#include "streams/stream_options.hpp"

#include "streams/filter_relation.hpp"
#include "wire/subject.hpp"

#include <algorithm>
#include <utility>

namespace telex::streams {

namespace {

using namespace std::chrono_literals;

constexpr Duration kMinAge = 100ms;
constexpr Duration kMaxAge = std::chrono::hours(24 * 365 * 100);
constexpr Duration kMinWindow = 100ms;
constexpr Duration kMaxWindow = std::chrono::hours(24 * 7);
constexpr Duration kMinSyncInterval = 10ms;
constexpr Duration kMaxSyncInterval = std::chrono::minutes(10);
constexpr std::uint64_t kMaxSubjectsLimit = 100'000'000;
constexpr std::uint64_t kMaxIdsLimit = 100'000'000;

// Subjects whose messages the exchange itself produces or answers.
constexpr std::string_view kReservedFilters[] = {"$SYS.>", "$JS.>", "_REPLY.>"};

class ProblemList {
public:
    void add_if(bool bad, std::string_view setting, std::string text) {
        if (bad) {
            found.push_back({setting, std::move(text)});
        }
    }

    std::vector<OptionProblem> found;
};

void check_subject_list(const StreamOptions& options, ProblemList& problems) {
    problems.add_if(options.subjects.empty(), "subjects", "must name at least one subject");
    if (options.subjects.size() > kMaxStreamSubjects) {
        problems.add_if(true, "subjects", "must be at most 1000 subjects");
        return;
    }
    for (std::size_t i = 0; i < options.subjects.size(); ++i) {
        const std::string& subject = options.subjects[i];
        if (const auto error = wire::check_filter(subject)) {
            problems.add_if(
                true, "subjects", "'" + subject + "' " + std::string(wire::text_of(*error))
            );
            continue;
        }
        const auto* const reserved =
            std::ranges::find_if(kReservedFilters, [&](std::string_view filter) {
                return filters_overlap(subject, filter);
            });
        if (reserved != std::end(kReservedFilters)) {
            problems.add_if(
                true,
                "subjects",
                "'" + subject + "' includes subjects of the exchange (" + std::string(*reserved) +
                    ")"
            );
        }
        for (std::size_t other = 0; other < i; ++other) {
            problems.add_if(
                !wire::check_filter(options.subjects[other]) &&
                    filters_overlap(subject, options.subjects[other]),
                "subjects",
                "'" + subject + "' overlaps '" + options.subjects[other] + "'"
            );
        }
    }
}

void check_limits(const StreamOptions& options, ProblemList& problems) {
    constexpr auto kPositive = "must be at least 1";
    problems.add_if(options.max_messages == 0U, "max_messages", kPositive);
    problems.add_if(options.max_bytes == 0U, "max_bytes", kPositive);
    problems.add_if(options.max_per_subject == 0U, "max_per_subject", kPositive);
    problems.add_if(options.max_message_bytes == 0, "max_message_bytes", kPositive);
    problems.add_if(
        options.max_message_bytes > kMaxMessageBytes, "max_message_bytes", "must be at most 64MiB"
    );
    problems.add_if(
        options.max_subjects == 0 || options.max_subjects > kMaxSubjectsLimit,
        "max_subjects",
        "must be 1 to 100000000"
    );
    problems.add_if(
        options.max_age && (*options.max_age < kMinAge || *options.max_age > kMaxAge),
        "max_age",
        "must be 100ms to 100 years"
    );
    problems.add_if(
        options.max_bytes.value_or(options.max_message_bytes) < options.max_message_bytes,
        "max_message_bytes",
        "must not be larger than max_bytes"
    );
    problems.add_if(
        options.max_messages && options.max_per_subject.value_or(0) > *options.max_messages,
        "max_per_subject",
        "must not be larger than max_messages"
    );
}

void check_duplicates(const StreamOptions& options, ProblemList& problems) {
    problems.add_if(
        options.max_duplicate_ids == 0 || options.max_duplicate_ids > kMaxIdsLimit,
        "max_duplicate_ids",
        "must be 1 to 100000000"
    );
    if (!options.duplicate_window) {
        return;
    }
    const Duration window = *options.duplicate_window;
    problems.add_if(
        window < kMinWindow || window > kMaxWindow, "duplicate_window", "must be 100ms to 7 days"
    );
    problems.add_if(
        options.max_age && window > *options.max_age,
        "duplicate_window",
        "must not be longer than max_age"
    );
}

void check_combinations(const StreamOptions& options, ProblemList& problems) {
    const bool limited =
        options.max_messages || options.max_bytes || options.discard == Discard::newest_per_subject;
    problems.add_if(
        options.discard != Discard::oldest && !limited,
        "discard",
        "newest requires max_messages or max_bytes"
    );
    problems.add_if(
        options.discard == Discard::newest_per_subject && !options.max_per_subject,
        "discard",
        "newest-per-subject requires max_per_subject"
    );
    problems.add_if(
        options.allow_roll_up && options.deny_purge,
        "allow_roll_up",
        "contradicts deny_purge: a roll-up removes messages"
    );
    problems.add_if(
        options.allow_roll_up && options.retention == Retention::workqueue,
        "allow_roll_up",
        "contradicts retention workqueue: a roll-up removes messages before they are processed"
    );
    problems.add_if(
        options.sync == Sync::interval && !options.sync_interval,
        "sync_interval",
        "is required by sync interval"
    );
    problems.add_if(
        options.sync == Sync::always && options.sync_interval.has_value(),
        "sync_interval",
        "contradicts sync always"
    );
    problems.add_if(
        options.sync_interval && (*options.sync_interval < kMinSyncInterval ||
                                  *options.sync_interval > kMaxSyncInterval),
        "sync_interval",
        "must be 10ms to 10min"
    );
}

}  // namespace

bool indexes_all(const StreamOptions& options) {
    return options.subject_index == SubjectIndexing::all || options.max_per_subject ||
           options.allow_roll_up;
}

bool is_stream_name(std::string_view name) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    };
    return !name.empty() && name.size() <= kMaxStreamNameBytes &&
           std::all_of(name.begin(), name.end(), allowed);
}

std::vector<OptionProblem> check(const StreamOptions& options) {
    ProblemList problems;
    problems.add_if(
        !is_stream_name(options.name),
        "name",
        "must be 1 to 255 letters, digits, underscores and hyphens"
    );
    check_subject_list(options, problems);
    check_limits(options, problems);
    check_duplicates(options, problems);
    check_combinations(options, problems);
    return std::move(problems.found);
}

}  // namespace telex::streams
