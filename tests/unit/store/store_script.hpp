#pragma once
// A deterministic run of commits, so that the number of the last one is the whole oracle: commit n
// adds records to some of three streams, and says in the metadata of stream 1 that it is n.
#include "store/block_builder.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::store::test {

constexpr StreamId kScriptStreams = 3;
constexpr std::string_view kReported = "reported: ";

// A record that is known by its place.
struct OwnedRecord {
    OwnedRecord(StreamId stream, Sequence sequence);

    Record view() const;

    StreamId stream;
    Sequence sequence;
    std::string subject;
    std::string message_id;
    std::string body;
};

std::vector<BlockPtr> blocks_of(
    StreamId stream, Sequence first, std::uint64_t count, Compression compression
);

class StoreScript {
public:
    // `records`: of a commit, at most.
    explicit StoreScript(std::uint64_t records) : records_(records) {}

    // Commit n, counted from 1.
    Commit commit(std::uint64_t number) const;
    // The last sequence of a stream after commit n; 0: none.
    Sequence last_after(std::uint64_t number, StreamId stream) const;

    // The number of the last commit that the store has; 0 without one, nothing if the metadata
    // cannot be read.
    static std::optional<std::uint64_t> last_commit(const Store& store);
    // Compares all that the store has with the state after commit n. Returns the first difference;
    // empty if there is none. One that the store reported as an error begins with kReported.
    std::string difference(const Store& store, std::uint64_t number) const;

private:
    std::uint64_t count_of(std::uint64_t number, StreamId stream) const;

    std::uint64_t records_;
};

}  // namespace telex::store::test
