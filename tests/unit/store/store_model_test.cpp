// Random commits, reads, releases, removals and reopenings, compared with maps.
#include "unit/store/opened_store.hpp"
#include "unit/store/store_script.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace telex::store {
namespace {

constexpr StreamId kStreams = 4;

// A stream as it should be: its blocks by base, as pairs of first and last sequence.
struct ModelStream {
    Sequence next = 1;
    std::map<Sequence, std::vector<Sequence>> blocks;
    std::map<Sequence, std::string> holes;
    std::map<ConsumerId, std::string> cursors;
    std::string meta;
};

class Model {
public:
    explicit Model(std::uint64_t seed) : random_(seed), seed_(seed) {}

    void step(Store& store) {
        switch (below(12)) {
            case 0:
                release(store);
                break;
            case 1:
                if (below(6) == 0) {
                    remove(store);
                }
                break;
            case 2:
                thin_out(store);
                break;
            default:
                commit(store);
        }
        probe(store);
    }

    void compare(const Store& store) {
        for (StreamId stream = 1; stream <= kStreams; ++stream) {
            const ModelStream& model = streams_[stream];
            const auto reader = store.reader(stream);
            for (const auto& [base, sequences] : model.blocks) {
                const auto block = reader->next();
                ASSERT_TRUE(block.has_value() && *block != nullptr) << "seed " << seed_;
                compare_block(**block, stream, base, sequences);
            }
            EXPECT_EQ(*reader->next(), nullptr);
            const auto cursors = store.cursors(stream);
            ASSERT_EQ(cursors->size(), model.cursors.size());
            for (const Cursor& cursor : *cursors) {
                EXPECT_EQ(cursor.bytes, model.cursors.at(cursor.consumer));
            }
            const auto holes = store.holes(stream);
            ASSERT_EQ(holes->size(), model.holes.size()) << "seed " << seed_;
            for (const Holes& hole : *holes) {
                EXPECT_EQ(hole.bitmap, model.holes.at(hole.base));
            }
        }
        std::size_t with_meta = 0;
        for (const auto& [stream, model] : streams_) {
            with_meta += model.meta.empty() ? 0U : 1U;
        }
        const auto streams = store.streams();
        ASSERT_EQ(streams->size(), with_meta);
        for (const StreamMeta& meta : *streams) {
            EXPECT_EQ(meta.bytes, streams_[meta.stream].meta);
        }
    }

private:
    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

    StreamId any_stream() { return static_cast<StreamId>(1 + below(kStreams)); }

    static void compare_block(
        const Block& block, StreamId stream, Sequence base, const std::vector<Sequence>& sequences
    ) {
        ASSERT_EQ(block.base(), base);
        ASSERT_EQ(block.size(), sequences.size());
        for (std::size_t i = 0; i < sequences.size(); ++i) {
            ASSERT_EQ(block.record(i), test::OwnedRecord(stream, sequences[i]).view());
        }
    }

    void commit(Store& store) {
        Commit commit;
        for (std::uint64_t i = below(3) + 1; i > 0; --i) {
            const StreamId stream = any_stream();
            ModelStream& model = streams_[stream];
            model.next += below(5) == 0 ? below(50) : 0;
            const auto blocks = test::blocks_of(
                stream,
                model.next,
                1 + below(below(10) == 0 ? 600 : 30),
                below(2) == 0 ? Compression::none : Compression::zstd
            );
            for (const BlockPtr& block : blocks) {
                auto& sequences = model.blocks[block->base()];
                for (Sequence n = block->base(); n <= block->last(); ++n) {
                    sequences.push_back(n);
                }
            }
            model.next = blocks.back()->last() + 1;
            model.meta = std::to_string(random_());
            commit.blocks.insert(commit.blocks.end(), blocks.begin(), blocks.end());
            commit.streams.push_back({stream, "s", model.meta});
            change_cursors(stream, model, commit);
        }
        ASSERT_TRUE(store.commit(commit, durability()).has_value());
    }

    void change_cursors(StreamId stream, ModelStream& model, Commit& commit) {
        const auto consumer = static_cast<ConsumerId>(below(3));
        // Removals come first in a commit, so both would write the cursor.
        for (const Cursor& cursor : commit.cursors) {
            if (cursor.stream == stream && cursor.consumer == consumer) {
                return;
            }
        }
        if (below(4) == 0) {
            model.cursors.erase(consumer);
            commit.removed_cursors.push_back({stream, consumer});
        } else {
            model.cursors[consumer] = std::to_string(random_());
            commit.cursors.push_back({stream, consumer, model.cursors[consumer]});
        }
    }

    // Deletes records: holes, a smaller block, or no block.
    void thin_out(Store& store) {
        const StreamId stream = any_stream();
        ModelStream& model = streams_[stream];
        if (model.blocks.empty()) {
            return;
        }
        const auto block = std::next(
            model.blocks.begin(), static_cast<std::ptrdiff_t>(below(model.blocks.size()))
        );
        Commit commit;
        if (below(3) == 0) {
            commit.removed_blocks.push_back({stream, block->first});
            commit.removed_holes.push_back({stream, block->first});
            model.holes.erase(block->first);
            model.blocks.erase(block);
        } else if (below(2) == 0) {
            model.holes[block->first] = std::to_string(random_());
            commit.holes.push_back({stream, block->first, model.holes[block->first]});
        } else {
            std::vector<test::OwnedRecord> owned;
            std::vector<Record> records;
            block->second.erase(block->second.begin() + 1, block->second.end());
            owned.emplace_back(stream, block->second.front());
            records.push_back(owned.back().view());
            commit.blocks.push_back(
                *BlockBuilder().replace_block(stream, block->first, records, Compression::none)
            );
        }
        ASSERT_TRUE(store.commit(commit, durability()).has_value());
    }

    void release(Store& store) {
        const StreamId stream = any_stream();
        ModelStream& model = streams_[stream];
        const Sequence before = 1 + below(model.next + 10);
        ASSERT_TRUE(store.release_before(stream, before).has_value());
        while (!model.blocks.empty() && model.blocks.begin()->second.back() < before) {
            model.blocks.erase(model.blocks.begin());
        }
        const Sequence kept =
            model.blocks.empty() ? before : std::min(before, model.blocks.begin()->first);
        model.holes.erase(model.holes.begin(), model.holes.lower_bound(kept));
    }

    void remove(Store& store) {
        const StreamId stream = any_stream();
        const Sequence next = streams_[stream].next;
        ASSERT_TRUE(store.remove_stream(stream).has_value());
        streams_[stream] = {};
        streams_[stream].next = next;
    }

    void probe(const Store& store) {
        const StreamId stream = any_stream();
        const ModelStream& model = streams_[stream];
        const Sequence sequence = 1 + below(model.next + 5);
        const auto found = store.block_from(stream, sequence);
        ASSERT_TRUE(found.has_value());
        auto expected = model.blocks.upper_bound(sequence);
        if (expected != model.blocks.begin() && std::prev(expected)->second.back() >= sequence) {
            --expected;
        }
        if (expected == model.blocks.end()) {
            EXPECT_EQ(*found, nullptr) << "seed " << seed_;
        } else {
            ASSERT_NE(*found, nullptr) << "seed " << seed_;
            compare_block(**found, stream, expected->first, expected->second);
        }
    }

    Durability durability() { return below(4) == 0 ? Durability::synced : Durability::buffered; }

    std::mt19937_64 random_;
    std::uint64_t seed_;
    std::map<StreamId, ModelStream> streams_;
};

TEST(StoreModel, MemoryStoreBehavesLikeMaps) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        MemoryStore store;
        Model model(seed);
        for (int i = 0; i < 200; ++i) {
            model.step(store);
        }
        model.compare(store);
    }
}

TEST(StoreModel, RocksStoreBehavesLikeMapsAcrossReopenings) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        const telex::test::TemporaryFolder folder;
        std::unique_ptr<Store> store;
        Model model(seed);
        for (int i = 0; i < 300; ++i) {
            if (i % 50 == 0) {
                store.reset();
                store = test::open_store(test::small_settings(folder.path("store")));
                ASSERT_NE(store, nullptr);
                model.compare(*store);
            }
            model.step(*store);
        }
        model.compare(*store);
    }
}

}  // namespace
}  // namespace telex::store
