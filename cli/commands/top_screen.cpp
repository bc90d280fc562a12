#include "cli/commands/top_screen.hpp"

#include "base/printable.hpp"
#include "cli/terminal/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

namespace telex::cli {
namespace {

// After a restart of the daemon counters begin at zero.
double rate(std::uint64_t before, std::uint64_t now, double seconds) {
    return static_cast<double>(now >= before ? now - before : now) / seconds;
}

std::uint64_t sum_of(const google::protobuf::Map<std::string, std::uint64_t>& counts) {
    std::uint64_t sum = 0;
    for (const auto& [name, count] : counts) {
        sum += count;
    }
    return sum;
}

std::string head(const Snapshot& before, const Snapshot& now, double seconds) {
    const v1::ServerStats& was = before.stats;
    const v1::ServerStats& is = now.stats;
    const auto per_second = [&](std::uint64_t old_count, std::uint64_t count) {
        return short_count(rate(old_count, count, seconds)) + "/s";
    };
    const auto bytes_per_second = [&](std::uint64_t old_count, std::uint64_t count) {
        return short_size(static_cast<std::uint64_t>(rate(old_count, count, seconds))) + "/s";
    };
    return fmt::format(
        "{} {}  pid {}\n"
        "received {} {}   delivered {} {}   dropped {}   unrouted {}\n"
        "connections {}   subscriptions {}   pending requests {}   pending {} of {}\n",
        printable(now.info.server_name()),
        printable(now.info.server_version()),
        now.info.process_id(),
        per_second(was.received_messages(), is.received_messages()),
        bytes_per_second(was.received_bytes(), is.received_bytes()),
        per_second(was.delivered_messages(), is.delivered_messages()),
        bytes_per_second(was.sent_bytes(), is.sent_bytes()),
        per_second(sum_of(was.dropped_messages()), sum_of(is.dropped_messages())),
        per_second(was.unrouted_messages(), is.unrouted_messages()),
        is.connections(),
        is.subscriptions(),
        is.pending_requests(),
        short_size(is.pending_bytes()),
        short_size(now.info.memory_budget_bytes())
    );
}

std::string reactors(const Snapshot& before, const Snapshot& now, double seconds) {
    std::string line = "reactors";
    for (int i = 0; i < now.stats.reactors_size(); ++i) {
        const v1::ReactorStats& row = now.stats.reactors(i);
        const std::int64_t was =
            i < before.stats.reactors_size() ? before.stats.reactors(i).cpu_nanoseconds() : 0;
        const double used =
            static_cast<double>(std::max<std::int64_t>(row.cpu_nanoseconds() - was, 0));
        line += fmt::format("   {}: {:.0f} %", row.reactor(), used / 1e7 / seconds);
    }
    return line + "\n";
}

// A connection with its rates per second.
struct ActiveConnection {
    const v1::ConnectionInfo* row;
    double received_messages;
    double received_bytes;
    double sent_messages;
    double sent_bytes;
};

// A connection that was not in the last snapshot has no rates yet.
std::vector<ActiveConnection> active_connections(
    const Snapshot& before, const Snapshot& now, double seconds
) {
    std::map<std::uint64_t, const v1::ConnectionInfo*> known;
    for (const v1::ConnectionInfo& row : before.connections.connections()) {
        known[row.number()] = &row;
    }
    std::vector<ActiveConnection> active;
    for (const v1::ConnectionInfo& row : now.connections.connections()) {
        const auto found = known.find(row.number());
        const v1::ConnectionInfo& was = found == known.end() ? row : *found->second;
        active.push_back(
            {&row,
             rate(was.received_frames(), row.received_frames(), seconds),
             rate(was.received_bytes(), row.received_bytes(), seconds),
             rate(was.sent_frames(), row.sent_frames(), seconds),
             rate(was.sent_bytes(), row.sent_bytes(), seconds)}
        );
    }
    return active;
}

void sort_by_rate(std::vector<ActiveConnection>& active, const TopColumn& column) {
    const bool received = column.order == v1::ListConnections::BY_RECEIVED_BYTES_PER_SECOND;
    std::ranges::stable_sort(
        active,
        std::greater<>(),
        received ? &ActiveConnection::received_bytes : &ActiveConnection::sent_bytes
    );
}

std::string byte_rate(double bytes) {
    return short_size(static_cast<std::uint64_t>(bytes));
}

std::string connections(
    const Snapshot& before, const Snapshot& now, double seconds, const TopColumn& column
) {
    Table table({
        {"NUMBER", Align::right},
        {"CLIENT"},
        {"PEER"},
        {"FRAMES IN/s", Align::right},
        {"IN/s", Align::right},
        {"FRAMES OUT/s", Align::right},
        {"OUT/s", Align::right},
        {"PENDING", Align::right},
        {"DROPPED", Align::right},
        {"SUBS", Align::right},
    });
    auto active = active_connections(before, now, seconds);
    if (column.is_rate) {
        sort_by_rate(active, column);
    }
    for (const ActiveConnection& connection : active) {
        const v1::ConnectionInfo& row = *connection.row;
        table.add({
            std::to_string(row.number()),
            row.client_name(),
            row.peer(),
            short_count(connection.received_messages),
            byte_rate(connection.received_bytes),
            short_count(connection.sent_messages),
            byte_rate(connection.sent_bytes),
            short_size(row.pending_bytes()),
            std::to_string(row.dropped_messages()),
            std::to_string(row.subscriptions()),
        });
    }
    return table.text();
}

std::string subjects(const Snapshot& before, const Snapshot& now, double seconds) {
    std::map<std::string, std::uint64_t> known;
    for (const v1::SubjectTraffic& row : before.subjects.subjects()) {
        known[row.subject()] = row.messages();
    }
    Table table({{"MESSAGES/s", Align::right}, {"TOTAL", Align::right}, {"SUBJECT"}});
    for (const v1::SubjectTraffic& row : now.subjects.subjects()) {
        const auto found = known.find(row.subject());
        const std::uint64_t was = found == known.end() ? row.messages() : found->second;
        table.add({
            short_count(rate(was, row.messages(), seconds)),
            std::to_string(row.messages()),
            row.subject(),
        });
    }
    return table.text();
}

}  // namespace

std::string top_screen(const Snapshot& before, const Snapshot& now, const TopColumn& column) {
    const double seconds =
        std::max(std::chrono::duration<double>(now.at - before.at).count(), 0.001);
    return head(before, now, seconds) + reactors(before, now, seconds) +
           fmt::format("\nconnections, by {}\n", column.name) +
           connections(before, now, seconds, column) + "\nsubjects\n" +
           subjects(before, now, seconds);
}

std::string fitted(std::string_view text, std::size_t lines, std::size_t columns) {
    std::string out;
    while (!text.empty() && lines > 0) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::size_t width = 0;
        for (const char byte : text.substr(0, end)) {
            width += (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U ? 1 : 0;
            if (width > columns) {
                break;
            }
            out += byte;
        }
        out += '\n';
        text.remove_prefix(std::min(end + 1, text.size()));
        --lines;
    }
    return out;
}

}  // namespace telex::cli
