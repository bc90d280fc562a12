#pragma once
// Durable publications that are accepted, and are reported to their publishers once they are
// committed.
//
// Owner and thread: one shard.
#include "broker/client_id.hpp"
#include "exchange/stream_storage.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

namespace telex::exchange {

class AwaitedCommits {
public:
    struct Publication {
        broker::ClientId client;
        std::uint64_t id = 0;  // the client's
        const CaptureTable::Row* row = nullptr;
        std::uint64_t sequence = 0;
        bool duplicate = false;
    };

    // `batch` does not decrease. `table`: of the publication's row.
    void add(std::uint64_t batch, const CaptureTablePtr& table, const Publication& publication) {
        if (batches_.empty() || batches_.back().number != batch) {
            batches_.push_back({batch, table, {}, 0});
        }
        batches_.back().publications.push_back(publication);
        ++size_;
    }

    // Calls `answer(publication)` for the oldest one. Returns false if there is none whose batch
    // has at most this number.
    template <class Answer>
    bool take(std::uint64_t batch, Answer answer) {
        if (batches_.empty() || batches_.front().number > batch) {
            return false;
        }
        Batch& oldest = batches_.front();
        const Publication publication = oldest.publications[oldest.answered++];
        --size_;
        answer(publication);
        if (oldest.answered == oldest.publications.size()) {
            batches_.pop_front();
        }
        return true;
    }

    std::size_t size() const { return size_; }

private:
    struct Batch {
        std::uint64_t number;
        CaptureTablePtr table;  // keeps the rows
        std::vector<Publication> publications;
        std::size_t answered;
    };

    std::deque<Batch> batches_;
    std::size_t size_ = 0;
};

}  // namespace telex::exchange
