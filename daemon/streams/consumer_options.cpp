#include "streams/consumer_options.hpp"

#include "streams/filter_relation.hpp"
#include "wire/subject.hpp"

#include <algorithm>
#include <utility>

namespace telex::streams {

namespace {

using namespace std::chrono_literals;

constexpr Duration kMinWait = 10ms;
constexpr Duration kMaxWait = std::chrono::hours(24 * 7);
constexpr std::size_t kMaxFilters = 1'000;
constexpr std::size_t kMaxBackOff = 100;
constexpr std::uint32_t kMaxPullsLimit = 100'000;

class ConsumerProblems {
public:
    void add_if(bool bad, std::string_view setting, std::string text) {
        if (bad) {
            found.push_back({setting, std::move(text)});
        }
    }

    std::vector<OptionProblem> found;
};

bool selects_of(const StreamOptions& stream, const std::string& filter) {
    return std::any_of(stream.subjects.begin(), stream.subjects.end(), [&](const auto& subject) {
        return filters_overlap(subject, filter);
    });
}

void check_filters(
    const ConsumerOptions& options, const StreamOptions& stream, ConsumerProblems& problems
) {
    if (options.filters.size() > kMaxFilters) {
        problems.add_if(true, "filters", "must be at most 1000 filters");
        return;
    }
    for (std::size_t i = 0; i < options.filters.size(); ++i) {
        const std::string& filter = options.filters[i];
        if (const auto error = wire::check_filter(filter)) {
            problems.add_if(
                true, "filters", "'" + filter + "' " + std::string(wire::text_of(*error))
            );
            continue;
        }
        problems.add_if(
            !selects_of(stream, filter),
            "filters",
            "'" + filter + "' selects no subject of the stream"
        );
        for (std::size_t other = 0; other < i; ++other) {
            problems.add_if(
                !wire::check_filter(options.filters[other]) &&
                    filters_overlap(filter, options.filters[other]),
                "filters",
                "'" + filter + "' overlaps '" + options.filters[other] + "'"
            );
        }
    }
}

void check_start(const ConsumerOptions& options, ConsumerProblems& problems) {
    problems.add_if(
        (options.start == StartPolicy::sequence) != (options.start_sequence != kNoSequence),
        "start_sequence",
        "belongs to start sequence"
    );
    problems.add_if(
        (options.start == StartPolicy::time) != options.start_time.has_value(),
        "start_time",
        "belongs to start time"
    );
}

void check_delivery(const ConsumerOptions& options, ConsumerProblems& problems) {
    problems.add_if(
        options.max_in_flight == 0 || options.max_in_flight > kMaxInFlight,
        "max_in_flight",
        "must be 1 to 1000000"
    );
    problems.add_if(
        options.max_pulls == 0 || options.max_pulls > kMaxPullsLimit,
        "max_pulls",
        "must be 1 to 100000"
    );
    const auto is_bad_wait = [](Duration wait) { return wait < kMinWait || wait > kMaxWait; };
    problems.add_if(is_bad_wait(options.ack_wait), "ack_wait", "must be 10ms to 7 days");
    problems.add_if(
        options.back_off.size() > kMaxBackOff ||
            std::any_of(options.back_off.begin(), options.back_off.end(), is_bad_wait),
        "back_off",
        "must be at most 100 times of 10ms to 7 days"
    );
    problems.add_if(
        options.inactivity && is_bad_wait(*options.inactivity),
        "inactivity",
        "must be 10ms to 7 days"
    );
    problems.add_if(
        !options.durable && !options.inactivity, "inactivity", "is required without durable"
    );
    problems.add_if(options.max_deliveries == 0U, "max_deliveries", "must be at least 1");
    problems.add_if(
        options.max_deliveries.value_or(kMaxBackOff) < options.back_off.size(),
        "back_off",
        "must not be longer than max_deliveries"
    );
    problems.add_if(
        !options.dead_letter_subject.empty() && wire::check_subject(options.dead_letter_subject),
        "dead_letter_subject",
        "must be a subject without wildcards"
    );
}

void check_policies(
    const ConsumerOptions& options, const StreamOptions& stream, ConsumerProblems& problems
) {
    const bool each = options.ack == AckPolicy::each;
    problems.add_if(!each && options.key_affinity, "key_affinity", "requires ack each");
    problems.add_if(!each && !options.back_off.empty(), "back_off", "requires ack each");
    problems.add_if(
        options.ack == AckPolicy::none && options.max_deliveries.value_or(1) > 1,
        "max_deliveries",
        "must be 1 with ack none"
    );
    problems.add_if(
        options.max_in_flight_per_key == 0 || options.max_in_flight_per_key > options.max_in_flight,
        "max_in_flight_per_key",
        "must be 1 to max_in_flight"
    );
    problems.add_if(
        options.max_in_flight_per_key != 1 && !options.key_affinity,
        "max_in_flight_per_key",
        "requires key_affinity"
    );
    if (stream.retention == Retention::workqueue) {
        problems.add_if(!each, "ack", "must be each for retention workqueue");
        problems.add_if(
            options.start != StartPolicy::all, "start", "must be all for retention workqueue"
        );
    }
    // A dead letter that the consumer receives would die again, for ever.
    problems.add_if(
        !options.dead_letter_subject.empty() && selects_of(stream, options.dead_letter_subject),
        "dead_letter_subject",
        "must not be a subject of the stream"
    );
}

}  // namespace

bool consumers_overlap(const ConsumerOptions& left, const ConsumerOptions& right) {
    if (left.filters.empty() || right.filters.empty()) {
        return true;
    }
    return std::any_of(left.filters.begin(), left.filters.end(), [&](const auto& filter) {
        return std::any_of(right.filters.begin(), right.filters.end(), [&](const auto& other) {
            return filters_overlap(filter, other);
        });
    });
}

std::vector<OptionProblem> check(const ConsumerOptions& options, const StreamOptions& stream) {
    ConsumerProblems problems;
    problems.add_if(
        !is_stream_name(options.name),
        "name",
        "must be 1 to 255 letters, digits, underscores and hyphens"
    );
    check_filters(options, stream, problems);
    check_start(options, problems);
    check_delivery(options, problems);
    check_policies(options, stream, problems);
    return std::move(problems.found);
}

namespace {

StartPoint start_at_last(const ConsumerOptions& options, const StreamRecords& records) {
    const Sequence end = records.last() + 1;
    if (options.filters.empty()) {
        return {.next = records.ledger().messages() > 0 ? records.ledger().nth_from_end(1) : end};
    }
    Sequence newest = kNoSequence;
    bool exact = true;
    for (const std::string& filter : options.filters) {
        const SubjectLast last = records.last_matching(filter);
        if (last.sequence > newest) {
            newest = last.sequence;
            exact = last.exact;
        }
    }
    if (!exact) {
        return {.next = end, .search_last = true};
    }
    return {.next = newest != kNoSequence ? newest : end};
}

}  // namespace

StartPoint start_of(const ConsumerOptions& options, const StreamRecords& records) {
    const Sequence end = records.last() + 1;
    switch (options.start) {
        case StartPolicy::all:
            return {.next = records.first()};
        case StartPolicy::new_records:
            return {.next = end};
        case StartPolicy::last:
            return start_at_last(options, records);
        case StartPolicy::last_per_subject:
            return {.next = records.first(), .newest_only_until = records.last()};
        case StartPolicy::sequence:
            return {.next = std::max(options.start_sequence, records.first())};
        case StartPolicy::time: {
            const Sequence since = records.ledger().first_since(*options.start_time);
            return {.next = since != kNoSequence ? since : end, .skip_by_time = true};
        }
    }
    return {};
}

}  // namespace telex::streams
