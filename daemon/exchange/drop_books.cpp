#include "exchange/drop_books.hpp"

#include "exchange/client_record.hpp"
#include "log/log.hpp"

#include <optional>

namespace telex::exchange {

namespace {

void log_drop(const ClientRecord* client, const Drop& drop, std::uint64_t messages) {
    const broker::ClientLabel who =
        client == nullptr ? broker::ClientLabel{} : client->client().label();
    const auto framing =
        drop.fault.framing ? std::optional(codec::name_of(*drop.fault.framing)) : std::nullopt;
    log::write(
        "messages_dropped",
        {{"reason", name_of(drop.fault.reason)},
         {"framing", framing},
         {"messages", messages},
         {"connection", who.connection},
         {"listener", who.listener},
         {"peer", who.peer},
         {"port", who.port},
         {"uid", who.uid},
         {"pid", who.pid},
         {"user", who.user},
         {"subject", drop.subject.empty() ? std::nullopt : std::optional(drop.subject)},
         {"bytes", drop.bytes == 0 ? std::nullopt : std::optional(drop.bytes)}}
    );
}

}  // namespace

std::optional<std::uint64_t> DropTally::add(
    broker::DropReason reason, std::uint64_t count, TimePoint now
) {
    Entry& entry = entries_[static_cast<std::size_t>(reason)];
    entry.untold += count;
    entry.total += count;
    return now >= entry.next_line ? std::optional(entry.untold) : std::nullopt;
}

void DropTally::told(broker::DropReason reason, TimePoint now) {
    Entry& entry = entries_[static_cast<std::size_t>(reason)];
    entry.next_line = now + kBetweenLines;
    entry.untold = 0;
}

void DropBooks::enter(ClientRecord* member, const Drop& drop, TimePoint now) {
    if (drop.count == 0) {
        return;
    }
    counters_.drop(drop.fault.reason, drop.count);
    if (member != nullptr) {
        member->books().dropped += drop.count;
    }
    DropTally& tally = member == nullptr ? of_nobody_ : member->drop_tally();
    const auto messages = tally.add(drop.fault.reason, drop.count, now);
    std::uint64_t left_out = 0;  // the tallies contain the drops that are not logged yet
    if (messages && lines_.admit(kLinesPerSecond, left_out, now)) {
        tally.told(drop.fault.reason, now);
        log_drop(member, drop, *messages);
    }
}

}  // namespace telex::exchange
