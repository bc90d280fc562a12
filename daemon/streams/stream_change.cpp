#include "streams/stream_change.hpp"

#include "streams/filter_relation.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace telex::streams {

namespace {

class ChangeList {
public:
    void add_if(bool found, std::string_view setting, ChangeEffect effect, std::string text) {
        if (found) {
            problems.push_back({setting, effect, std::move(text)});
        }
    }

    std::vector<ChangeProblem> problems;
};

// Returns true if the limit appeared or became lower, and the contents exceed it.
template <class Limit>
bool cuts(const std::optional<Limit>& before, const std::optional<Limit>& after, Limit present) {
    return after && (!before || *after < *before) && present > *after;
}

void check_lower_limits(
    const StreamOptions& before,
    const StreamOptions& after,
    const StreamFill& fill,
    ChangeList& changes
) {
    constexpr auto kLoses = ChangeEffect::loses_data;
    constexpr auto kOldest = "removes the oldest messages";
    changes.add_if(
        cuts(before.max_messages, after.max_messages, fill.messages),
        "max_messages",
        kLoses,
        kOldest
    );
    changes.add_if(
        cuts(before.max_bytes, after.max_bytes, fill.bytes), "max_bytes", kLoses, kOldest
    );
    changes.add_if(
        cuts(before.max_age, after.max_age, fill.oldest_age), "max_age", kLoses, kOldest
    );
    const std::uint64_t most = fill.most_per_subject == 0 ? fill.messages : fill.most_per_subject;
    changes.add_if(
        cuts(before.max_per_subject, after.max_per_subject, most),
        "max_per_subject",
        kLoses,
        "removes the oldest messages of a subject"
    );
    changes.add_if(
        after.max_subjects < before.max_subjects && fill.subjects > after.max_subjects,
        "max_subjects",
        ChangeEffect::impossible,
        "must not be lower than the number of subjects stored"
    );
    changes.add_if(
        before.duplicate_window && fill.messages > 0 &&
            after.duplicate_window.value_or(Duration{}) < *before.duplicate_window,
        "duplicate_window",
        kLoses,
        "forgets message ids, so that late duplicates are stored again"
    );
}

void check_retention(
    const StreamOptions& before,
    const StreamOptions& after,
    const StreamFill& fill,
    ChangeList& changes
) {
    if (before.retention == after.retention) {
        return;
    }
    const bool to_limits = after.retention == Retention::limits;
    changes.add_if(
        !to_limits &&
            (before.retention == Retention::workqueue || after.retention == Retention::workqueue) &&
            fill.consumers > 0,
        "retention",
        ChangeEffect::impossible,
        "must not change to or from workqueue while consumers exist"
    );
    changes.add_if(
        !to_limits && fill.messages > 0,
        "retention",
        ChangeEffect::loses_data,
        "removes messages that no consumer wants"
    );
}

void check_subject_change(
    const StreamOptions& before,
    const StreamOptions& after,
    const StreamFill& fill,
    ChangeList& changes
) {
    if (fill.messages == 0) {
        return;
    }
    for (const std::string& old : before.subjects) {
        const bool kept = std::any_of(
            after.subjects.begin(),
            after.subjects.end(),
            [&](const std::string& subject) { return filter_covers(subject, old); }
        );
        changes.add_if(
            !kept,
            "subjects",
            ChangeEffect::loses_data,
            "'" + old + "' is no longer stored; its stored messages remain"
        );
    }
}

}  // namespace

std::vector<ChangeProblem> check_change(
    const StreamOptions& before, const StreamOptions& after, const StreamFill& fill
) {
    ChangeList changes;
    changes.add_if(before.name != after.name, "name", ChangeEffect::impossible, "must not change");
    changes.add_if(
        before.deny_erase && !after.deny_erase,
        "deny_erase",
        ChangeEffect::impossible,
        "must not be taken back"
    );
    changes.add_if(
        before.deny_purge && !after.deny_purge,
        "deny_purge",
        ChangeEffect::impossible,
        "must not be taken back"
    );
    check_lower_limits(before, after, fill, changes);
    check_retention(before, after, fill, changes);
    check_subject_change(before, after, fill, changes);
    return std::move(changes.problems);
}

std::vector<StreamOverlap> check_overlap(
    const StreamOptions& candidate, std::span<const StreamOptions* const> others
) {
    std::vector<StreamOverlap> found;
    for (const StreamOptions* other : others) {
        if (other->name == candidate.name) {
            continue;
        }
        for (const std::string& subject : candidate.subjects) {
            for (const std::string& theirs : other->subjects) {
                if (filters_overlap(subject, theirs)) {
                    found.push_back({other->name, subject, theirs});
                }
            }
        }
    }
    return found;
}

}  // namespace telex::streams
