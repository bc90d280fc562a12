#include "exchange/drop_books.hpp"

#include "base/printable.hpp"
#include "exchange/client_record.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>

namespace telex::exchange {

namespace {

void write_line(const ClientRecord* member, const Drop& drop, std::uint64_t messages) {
    std::string line = "messages dropped: reason=";
    line += name_of(drop.fault.reason);
    if (drop.fault.framing) {
        line += fmt::format(" framing={}", codec::name_of(*drop.fault.framing));
    }
    line += fmt::format(" messages={}", messages);
    if (member != nullptr) {
        line += " " + member->client().describe_for_log();
    }
    if (!drop.subject.empty()) {
        line += fmt::format(" subject=\"{}\"", printable(drop.subject, kQuotedField));
    }
    if (drop.bytes != 0) {
        line += fmt::format(" bytes={}", drop.bytes);
    }
    spdlog::info("{}", line);
}

}  // namespace

std::optional<std::uint64_t> DropTally::add(
    broker::DropReason reason, std::uint64_t count, DropClock::time_point now
) {
    Entry& entry = entries_[static_cast<std::size_t>(reason)];
    entry.untold += count;
    return now >= entry.next_line ? std::optional(entry.untold) : std::nullopt;
}

void DropTally::told(broker::DropReason reason, DropClock::time_point now) {
    entries_[static_cast<std::size_t>(reason)] = {now + kBetweenLines, 0};
}

void DropBooks::enter(ClientRecord* member, const Drop& drop, DropClock::time_point now) {
    if (drop.count == 0) {
        return;
    }
    counters_.drop(drop.fault.reason, drop.count);
    if (member != nullptr) {
        member->add_dropped(drop.count);
    }
    DropTally& tally = member == nullptr ? of_nobody_ : member->drop_tally();
    const auto messages = tally.add(drop.fault.reason, drop.count, now);
    std::uint64_t left_out = 0;  // the tallies know what the log has not heard of
    if (messages && lines_.admit(kLinesPerSecond, left_out, now)) {
        tally.told(drop.fault.reason, now);
        write_line(member, drop, *messages);
    }
}

}  // namespace telex::exchange
