#include "exchange/capture_map.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

namespace telex::exchange {

namespace {

// Of an account with streams: 128 KiB on each reactor.
constexpr std::size_t kCachedSubjects = 1'024;

// Streams store messages of clients only.
constexpr std::string_view kNeverStored = "$SYS";

}  // namespace

CaptureMap::Filters::Filters(std::uint64_t seed)
    : trie(seed), cache(kCachedSubjects, seed), recent(kCachedSubjects) {}

void CaptureMap::use(CaptureTablePtr table) {
    accounts_.clear();
    table_ = std::move(table);
    if (!table_) {
        return;
    }
    for (const Row& row : table_->rows) {
        accounts_.resize(std::max(accounts_.size(), std::size_t{row.account} + 1));
        auto& filters = accounts_[row.account];
        if (!filters) {
            filters = std::make_unique<Filters>(seed_);
        }
        if (const auto obtained = filters->trie.obtain(row.filter)) {
            filters->trie.set_value(obtained->filter, &row);
        }
    }
}

const CaptureMap::Row* CaptureMap::look_up(Filters& filters, std::string_view subject) {
    const std::uint64_t hash = filters.trie.hash_of(subject);
    std::optional<std::span<const match::FilterRef>> found = filters.cache.find(subject, hash);
    if (!found) {
        filters.found.clear();
        if (!subject.starts_with(kNeverStored)) {
            filters.trie.match(subject, hash, filters.found);
        }
        found = filters.found;
        if (filters.recent.note(hash)) {
            filters.cache.store(subject, hash, *found);
        }
    }
    filters.last_subject = subject;
    // The rows of an account that match a subject are of one stream.
    filters.last = found->empty() ? nullptr : filters.trie.value(found->front());
    return filters.last;
}

}  // namespace telex::exchange
