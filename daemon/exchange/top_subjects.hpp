#pragma once
// Which subjects carry the most, in a fixed number of entries: the Space-Saving algorithm
// (Metwally, Agrawal, El Abbadi: Efficient Computation of Frequent and Top-k Elements in Data
// Streams, 2005) over a sample.
//
// The sample is the first message of each turn and every 32nd within one, and stands for those
// since the last sample: a message that comes alone is counted exactly, and of a flood 31 in 32
// cost an increment and two comparisons.
//
// Owner and thread: one shard.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::exchange {

class TopSubjects {
public:
    struct Entry {
        std::string subject;
        std::uint64_t messages = 0;  // at least those that were counted for it
    };

    // `turn`: of the reactor.
    void count(std::string_view subject, std::uint64_t turn, std::uint64_t messages = 1) {
        unseen_ += messages;
        if (turn == turn_ && unseen_ < kSampleEach) [[likely]] {
            return;
        }
        turn_ = turn;
        add(subject, std::exchange(unseen_, 0));
    }

    // In no order.
    const std::vector<Entry>& entries() const { return entries_; }

private:
    static constexpr std::uint64_t kSampleEach = 32;
    static constexpr std::size_t kEntries = 64;

    void add(std::string_view subject, std::uint64_t messages);

    std::uint64_t turn_ = 0;
    std::uint64_t unseen_ = 0;
    std::vector<Entry> entries_;
};

}  // namespace telex::exchange
