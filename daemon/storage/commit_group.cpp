#include "storage/commit_group.hpp"

#include <algorithm>

namespace telex::storage {

void CommitGroup::note_answer(std::uint16_t shard, std::uint64_t batch) {
    for (BatchAnswer& answer : answers) {
        if (answer.shard == shard) {
            answer.batch = batch;
            return;
        }
    }
    answers.push_back({shard, batch});
}

bool CommitGroup::writes() const {
    return forced || !parts.empty() || !store_metadata.empty() || !cursors.empty() ||
           !removed_cursors.empty();
}

bool CommitGroup::has_records() const {
    return std::any_of(parts.begin(), parts.end(), [](const StreamPart& part) {
        return !part.records.empty();
    });
}

bool CommitGroup::wants_sync() const {
    return needs_sync || std::any_of(parts.begin(), parts.end(), [](const StreamPart& part) {
               return part.needs_sync && !part.records.empty();
           });
}

const StreamPart* CommitGroup::part_of(exchange::StreamNumber stream) const {
    for (const StreamPart& part : parts) {
        if (part.stream->number == stream) {
            return &part;
        }
    }
    return nullptr;
}

void CommitGroup::clear() {
    bytes.clear();
    parts.clear();
    answers.clear();
    waiters.clear();
    cursors.clear();
    removed_cursors.clear();
    blocks.clear();
    store_metadata.clear();
    needs_sync = false;
    forced = false;
}

}  // namespace telex::storage
