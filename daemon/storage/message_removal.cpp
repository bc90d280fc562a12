#include "storage/message_removal.hpp"

#include "storage/record_search.hpp"
#include "wire/subject.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace telex::storage {

namespace {

unexpected<StreamFault> no_message() {
    return stream_fault(v1::MESSAGE_NOT_FOUND, "the message does not exist");
}

// The matching records of a purge that needs a search.
struct PurgeTarget {
    Sequence sequence = 0;
    std::string subject;
};

[[nodiscard]] store::Expected<std::vector<PurgeTarget>> find_targets(
    const store::Store& store, const StoredStream& stream, const Engine::Purge& order
) {
    std::vector<PurgeTarget> targets;
    RecordScan scan(store, stream, 1);
    while (true) {
        const auto found = scan.next();
        if (!found) {
            return unexpected(found.error());
        }
        if (!*found || (order.before != 0 && (*found)->record().sequence >= order.before)) {
            break;
        }
        const store::Record record = (*found)->record();
        if (wire::matches(order.filter, record.subject)) {
            targets.push_back({record.sequence, std::string(record.subject)});
        }
    }
    // The newest ones stay.
    targets.resize(targets.size() - std::min<std::size_t>(targets.size(), order.keep));
    return targets;
}

}  // namespace

void MessageRemoval::purge(
    std::string_view account,
    std::string_view name,
    const Engine::Purge& order,
    const CountReply& reply
) {
    const auto found = parts_.streams.get(account, name);
    if (!found) {
        reply->give(unexpected(found.error()));
        return;
    }
    if (!order.filter.empty() && wire::check_filter(order.filter)) {
        reply->give(stream_fault(v1::STREAM_BAD_REQUEST, "the filter is not valid"));
        return;
    }
    streams::PurgeOrder wanted{.keep = order.keep};
    if (!order.filter.empty()) {
        wanted.filter = order.filter;
    }
    if (order.before != 0) {
        wanted.before = order.before;
    }
    const auto purged = (*found)->purge(wanted);
    if (purged) {
        parts_.loop.after_commit([reply, count = *purged](const CommitOutcome& outcome) {
            reply->give(outcome.ok() ? StreamResult<std::uint64_t>(count) : not_written(outcome));
        });
    } else if (purged.error() == streams::PurgeError::denied || (*found)->options().deny_erase) {
        // Without an index of all sequences, the messages are erased one by one.
        reply->give(stream_fault(v1::STREAM_DENIED, fmt::format("stream '{}' denies purges", name))
        );
    } else {
        purge_by_scan(**found, order, reply);
    }
}

// The reader searches the committed messages, then the storage thread removes them.
void MessageRemoval::purge_by_scan(
    const StreamRuntime& stream, const Engine::Purge& order, const CountReply& reply
) {
    const auto search = [this, stored = stream.stored(), order, reply] {
        auto targets = find_targets(parts_.store, *stored, order);
        if (!targets) {
            reply->give(stream_fault(v1::STREAM_DAMAGED, targets.error().text));
            return;
        }
        parts_.loop.post([this, number = stored->number, targets = std::move(*targets), reply] {
            StreamRuntime* const present = parts_.streams.find(number);
            std::uint64_t removed = 0;
            for (const PurgeTarget& target : targets) {
                removed +=
                    present != nullptr && present->erase(target.sequence, target.subject) ? 1U : 0U;
            }
            parts_.loop.after_commit([reply, removed](const CommitOutcome& outcome) {
                reply->give(
                    outcome.ok() ? StreamResult<std::uint64_t>(removed) : not_written(outcome)
                );
            });
        });
    };
    parts_.loop.after_commit(
        [this, search](const CommitOutcome&) { parts_.reader.post(search); }, false
    );
}

void MessageRemoval::erase(
    std::string_view account, std::string_view name, std::uint64_t sequence, const VoidReply& reply
) {
    const auto found = parts_.streams.get(account, name);
    if (!found) {
        reply->give(unexpected(found.error()));
        return;
    }
    if ((*found)->options().deny_erase) {
        reply->give(stream_fault(v1::STREAM_DENIED, fmt::format("stream '{}' denies erasing", name))
        );
        return;
    }
    const auto search = [this, stored = (*found)->stored(), sequence, reply] {
        const auto record = find_record(parts_.store, *stored, sequence);
        if (!record) {
            reply->give(stream_fault(v1::STREAM_DAMAGED, record.error().text));
        } else if (!*record) {
            reply->give(no_message());
        } else {
            const std::string subject((*record)->record().subject);
            parts_.loop.post([this, number = stored->number, sequence, subject, reply] {
                erase_found(number, sequence, subject, reply);
            });
        }
    };
    parts_.loop.after_commit(
        [this, search](const CommitOutcome&) { parts_.reader.post(search); }, false
    );
}

void MessageRemoval::erase_found(
    exchange::StreamNumber number,
    std::uint64_t sequence,
    const std::string& subject,
    const VoidReply& reply
) {
    StreamRuntime* const stream = parts_.streams.find(number);
    if (stream == nullptr || !stream->erase(sequence, subject)) {
        reply->give(no_message());
        return;
    }
    parts_.loop.after_commit([reply](const CommitOutcome& outcome) {
        reply->give(outcome.ok() ? StreamResult<void>{} : not_written(outcome));
    });
}

}  // namespace telex::storage
