#include "storage/committer.hpp"

#include "base/time.hpp"
#include "storage/stream_metadata.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace telex::storage {

namespace {

// Of the committer thread, if the service manager allows it (LimitNICE).
constexpr int kPriority = -10;

bool raise_priority() {
    return ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kPriority) == 0;
}

CommitOutcome outcome_of(store::StoreError error) {
    const bool full = error.fault == store::StoreFault::full;
    return {full ? v1::STORAGE_FULL : v1::STORAGE_FAILED, std::move(error.text)};
}

}  // namespace

void Committer::start(std::vector<exchange::OfferSource*> shards) {
    shards_ = std::move(shards);
    queue_.start("committer");
    queue_.post([this] { figures_.raised_priority = raise_priority(); });
}

void Committer::commit(std::unique_ptr<CommitGroup> group) {
    // A task is copyable, the group is not.
    queue_.post([this, held = group.release()] { run(std::unique_ptr<CommitGroup>(held)); });
}

void Committer::run(std::unique_ptr<CommitGroup> group) {
    CommitOutcome outcome = write(*group);
    for (const BatchAnswer& answer : group->answers) {
        shards_[answer.shard]->take_commit(answer.batch, outcome.code);
    }
    done_(std::move(group), std::move(outcome));
}

// Marks the removed records, and writes the bitmaps of the blocks concerned.
void Committer::add_holes(const StreamPart& part) {
    BlockMap& blocks = part.stream->blocks;
    std::vector<Sequence> touched;
    for (const Sequence hole : part.holes) {
        if (const Sequence base = blocks.remove(hole); base != streams::kNoSequence) {
            touched.push_back(base);
        }
    }
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    // A block of this commit is deleted by a later one.
    const Sequence present = part.records.empty() ? part.last + 1 : part.records.front().sequence;
    for (const Sequence dead : blocks.take_dead(present, part.id_floor)) {
        commit_.removed_blocks.push_back({part.stream->number, dead});
        commit_.removed_holes.push_back({part.stream->number, dead});
        std::erase(touched, dead);
    }
    for (const Sequence base : touched) {
        commit_.holes.push_back({part.stream->number, base, blocks.bitmap(base)});
    }
}

store::Expected<void> Committer::add(const StreamPart& part) {
    const std::size_t begin = commit_.blocks.size();
    auto added =
        builder_.add_blocks(part.stream->number, part.records, part.compression, commit_.blocks);
    if (!added) {
        return added;
    }
    for (std::size_t i = begin; i < commit_.blocks.size(); ++i) {
        const store::Block& block = *commit_.blocks[i];
        part.stream->blocks.add_block(block.base(), block.last());
        part.stream->record_bytes += block.record_bytes();
        part.stream->block_bytes += block.stored().size();
    }
    add_holes(part);
    if (!part.metadata.empty()) {
        commit_.streams.push_back({part.stream->number, part.stream->name, part.metadata});
    }
    return {};
}

CommitOutcome Committer::write(CommitGroup& group) {
    const TimePoint begin = Clock::now();
    commit_.clear();
    for (const StreamPart& part : group.parts) {
        if (auto added = add(part); !added) {
            return outcome_of(std::move(added.error()));
        }
    }
    if (!group.store_metadata.empty()) {
        commit_.streams.push_back({kStoreNumber, "", group.store_metadata});
    }
    commit_.cursors = std::move(group.cursors);
    commit_.removed_cursors = std::move(group.removed_cursors);
    const auto durability =
        group.wants_sync() ? store::Durability::synced : store::Durability::buffered;
    if (auto committed = store_.commit(commit_, durability); !committed) {
        return outcome_of(std::move(committed.error()));
    }
    count(Clock::now() - begin);
    group.blocks = commit_.blocks;
    after_commit(group);
    return {};
}

void Committer::count(std::chrono::nanoseconds time) {
    for (const store::BlockPtr& block : commit_.blocks) {
        figures_.records += block->size();
        figures_.bytes += block->stored().size();
    }
    ++figures_.commits;
    figures_.commit_nanoseconds += time.count();
}

// Shows readers the new state, then gives back the space of what is gone. The group is committed:
// an error here is a state of the store, which the next group meets.
void Committer::after_commit(const CommitGroup& group) {
    for (const StreamPart& part : group.parts) {
        part.stream->first.store(part.first, std::memory_order_release);
        part.stream->last.store(part.last, std::memory_order_release);
    }
    for (const StreamPart& part : group.parts) {
        if (part.removed) {
            // A failure is a state of the store: the caller asks for it.
            (void)store_.remove_stream(part.stream->number);
        } else if (part.release_before != 0) {
            if (store_.release_before(part.stream->number, part.release_before)) {
                part.stream->blocks.forget_before(part.release_before);
            }
        }
    }
}

}  // namespace telex::storage
