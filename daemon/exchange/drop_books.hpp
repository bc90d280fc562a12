#pragma once
// Counts the drops of one reactor. Every drop is entered once: by its reason, for the client that
// did not get it, and in the log.
//
// The log has at most one line a second for each reason and member, and kLinesPerSecond in all.
// Suppressed drops are included in the next line of their kind (`messages`), and the line of a
// connection's end has the total.
//
// Owner and thread: one shard.
#include "base/second_limit.hpp"
#include "base/time.hpp"
#include "broker/send_result.hpp"
#include "exchange/counters.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace telex::exchange {

class ClientRecord;

// When drops of a client, or of no client, were last logged.
class DropTally {
public:
    static constexpr std::chrono::seconds kBetweenLines{1};

    // Enters drops. Returns the number of unlogged drops, these included, if a line is due.
    std::optional<std::uint64_t> add(broker::DropReason reason, std::uint64_t count, TimePoint now);
    // The line was written.
    void told(broker::DropReason reason, TimePoint now);

    // All that were entered.
    std::uint64_t total(broker::DropReason reason) const {
        return entries_[static_cast<std::size_t>(reason)].total;
    }

private:
    struct Entry {
        TimePoint next_line{};
        std::uint64_t untold = 0;
        std::uint64_t total = 0;
    };

    std::array<Entry, broker::kDropReasons> entries_{};
};

// Messages that were dropped for one reason.
struct Drop {
    broker::SendFault fault;
    std::string_view subject{};  // where it is known
    std::size_t bytes = 0;       // of the message, where that is known
    std::uint64_t count = 1;
};

class DropBooks {
public:
    static constexpr std::uint32_t kLinesPerSecond = 20;

    explicit DropBooks(Counters& counters) : counters_(counters) {}

    // `member` is the client that did not receive the messages; null if unknown.
    void enter(ClientRecord* member, const Drop& drop, TimePoint now);

private:
    Counters& counters_;
    DropTally of_nobody_;
    SecondLimit lines_;
};

}  // namespace telex::exchange
