#pragma once
// Finds the stream that stores a subject, on one reactor: the filters of a CaptureTable by account.
//
// Each account with streams has its filters in a table and the matches of recent subjects in a
// cache. A subject that repeats costs one comparison.
//
// Owner and thread: one shard.
#include "access/accounts.hpp"
#include "base/short_bytes.hpp"
#include "exchange/stream_storage.hpp"
#include "match/match_cache.hpp"
#include "match/recent_hashes.hpp"
#include "match/subject_trie.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace telex::exchange {

class CaptureMap {
public:
    using Row = CaptureTable::Row;

    // `seed`: secret key of the hash tables.
    explicit CaptureMap(std::uint64_t seed) : seed_(seed) {}

    // Replaces the table, which may be null: then no stream stores anything.
    void use(CaptureTablePtr table);

    bool empty() const { return accounts_.empty(); }

    // Returns the row whose stream stores the subject, null if there is none. Valid as long as the
    // table.
    const Row* find(access::AccountId account, std::string_view subject) {
        if (account >= accounts_.size() || !accounts_[account]) {
            return nullptr;
        }
        Filters& filters = *accounts_[account];
        return same_bytes(subject, filters.last_subject) ? filters.last : look_up(filters, subject);
    }

    const CaptureTablePtr& table() const { return table_; }

private:
    // Of one account.
    struct Filters {
        explicit Filters(std::uint64_t seed);

        match::SubjectTrie<const Row*> trie;
        match::MatchCache cache;
        match::RecentHashes recent;  // of subjects that were not in the cache
        std::vector<match::FilterRef> found;
        // The subject of the last look-up, and its result.
        std::string last_subject;
        const Row* last = nullptr;
    };

    static const Row* look_up(Filters& filters, std::string_view subject);

    std::uint64_t seed_;
    CaptureTablePtr table_;
    std::vector<std::unique_ptr<Filters>> accounts_;
};

}  // namespace telex::exchange
