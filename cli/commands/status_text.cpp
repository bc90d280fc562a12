#include "cli/commands/status_text.hpp"

#include "base/printable.hpp"
#include "base/units.hpp"
#include "cli/terminal/table.hpp"
#include "wire/proto_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

namespace telex::cli {
namespace {

using Out = std::back_insert_iterator<std::string>;
using Counts = google::protobuf::Map<std::string, std::uint64_t>;

void add_row(Out out, std::string_view name, std::uint64_t value, std::string_view note = "") {
    fmt::format_to(out, "  {:<26}{:>16}{}{}\n", name, value, note.empty() ? "" : "  ", note);
}

// Counts that are not zero, sorted by name.
void add_counts(std::string& text, std::string_view title, const Counts& counts) {
    const std::map<std::string, std::uint64_t> sorted(counts.begin(), counts.end());
    const bool any = std::any_of(sorted.begin(), sorted.end(), [](const auto& entry) {
        return entry.second != 0;
    });
    fmt::format_to(std::back_inserter(text), "\n{}{}\n", title, any ? "" : ": none");
    for (const auto& [name, count] : sorted) {
        if (count != 0) {
            add_row(std::back_inserter(text), printable(name), count);
        }
    }
}

void add_head(std::string& text, const v1::ServerInfo& info, std::chrono::nanoseconds now) {
    const std::chrono::nanoseconds started(info.started_unix_nanoseconds());
    fmt::format_to(
        std::back_inserter(text),
        "{} {}  pid {}  up {}  {} reactors  memory budget {}\n",
        printable(info.server_name()),
        printable(info.server_version()),
        info.process_id(),
        clock_text((now - started).count()),
        info.reactors(),
        format_size(info.memory_budget_bytes())
    );
}

void append_listeners(std::string& text, const v1::ServerInfo& info) {
    fmt::format_to(
        std::back_inserter(text),
        "\n{:<16}{:<10}{:<20}{}\n",
        "LISTENER",
        "PROTOCOL",
        "FRAMING",
        "ADDRESS"
    );
    for (const v1::ListenerInfo& listener : info.listeners()) {
        std::string name = printable(listener.name());
        std::string protocol = printable(listener.protocol());
        std::string framing = printable(listener.framing());
        if (listener.addresses().empty()) {
            fmt::format_to(
                std::back_inserter(text), "{:<16}{:<10}{:<20}\n", name, protocol, framing
            );
        }
        for (const std::string& address : listener.addresses()) {
            fmt::format_to(
                std::back_inserter(text),
                "{:<16}{:<10}{:<20}{}\n",
                std::exchange(name, {}),
                std::exchange(protocol, {}),
                std::exchange(framing, {}),
                printable(address)
            );
        }
    }
}

void add_counters(std::string& text, const v1::ServerStats& stats) {
    const auto out = std::back_inserter(text);
    fmt::format_to(out, "\ncounters\n");
    add_row(
        out,
        "connections",
        stats.connections(),
        fmt::format("{} in total", stats.connections_total())
    );
    add_row(out, "subscriptions", stats.subscriptions());
    add_row(out, "pending requests", stats.pending_requests());
    add_row(out, "pending bytes", stats.pending_bytes());
    add_row(out, "waiting for credit", stats.waiting_messages());
    add_row(out, "queued messages", stats.queued_messages());
    add_row(out, "received messages", stats.received_messages());
    add_row(out, "received bytes", stats.received_bytes());
    add_row(out, "delivered messages", stats.delivered_messages());
    add_row(out, "sent bytes", stats.sent_bytes());
    add_row(out, "unrouted messages", stats.unrouted_messages());
    add_row(out, "unparsed messages", stats.unparsed_messages());
    add_row(out, "captured messages", stats.captured_messages());
    add_row(out, "kernel dropped datagrams", stats.kernel_dropped_datagrams());
    add_row(out, "throttled reads", stats.throttled_reads());
    add_row(out, "expired blocks", stats.expired_blocks());
    add_row(out, "websocket upgrades", stats.websocket_upgrades());
    add_row(out, "published events", stats.published_events());
    add_row(out, "suppressed events", stats.suppressed_events());
}

void add_reactors(std::string& text, const v1::ServerStats& stats) {
    fmt::format_to(
        std::back_inserter(text),
        "\n{:<10}{:>14}{:>16}{:>16}{:>16}\n",
        "REACTOR",
        "CONNECTIONS",
        "SUBSCRIPTIONS",
        "TURNS",
        "FORWARDED"
    );
    std::vector<v1::ReactorStats> reactors(stats.reactors().begin(), stats.reactors().end());
    std::sort(reactors.begin(), reactors.end(), [](const auto& left, const auto& right) {
        return left.reactor() < right.reactor();
    });
    for (const v1::ReactorStats& reactor : reactors) {
        fmt::format_to(
            std::back_inserter(text),
            "{:<10}{:>14}{:>16}{:>16}{:>16}\n",
            reactor.reactor(),
            reactor.connections(),
            reactor.subscriptions(),
            reactor.turns(),
            reactor.handed_over_messages()
        );
    }
}

}  // namespace

std::string status_text(
    const v1::ServerInfo& info, const v1::ServerStats& stats, std::chrono::nanoseconds now
) {
    std::string text;
    add_head(text, info, now);
    append_listeners(text, info);
    add_counters(text, stats);
    add_counts(text, "dropped messages", stats.dropped_messages());
    add_counts(text, "refusals", stats.refusals());
    add_counts(text, "refused publications", stats.refused_publications());
    add_counts(text, "closed connections", stats.closed_connections());
    add_reactors(text, stats);
    return text;
}

std::string status_json(const v1::ServerInfo& info, const v1::ServerStats& stats) {
    return fmt::format(
        "{{\"info\":{},\"stats\":{}}}\n", wire::json_object(info), wire::json_object(stats)
    );
}

}  // namespace telex::cli
