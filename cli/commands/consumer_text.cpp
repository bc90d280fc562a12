#include "cli/commands/consumer_text.hpp"

#include "base/printable.hpp"
#include "base/units.hpp"
#include "cli/connection/admin_request.hpp"
#include "cli/terminal/table.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::array<std::string_view, 3> kAckWords{"each", "all", "none"};

std::string duration_of(std::uint64_t count) {
    return format_duration(std::chrono::milliseconds(count));
}

std::string back_off_of(const v1::ConsumerConfig& config) {
    std::string text;
    for (const std::uint64_t wait : config.back_off_ms()) {
        text += (text.empty() ? "" : " ") + duration_of(wait);
    }
    return text;
}

std::string filters_of(const v1::ConsumerConfig& config) {
    return printable(fmt::format("{}", fmt::join(config.filters(), " ")));
}

class ConsumerRows {
public:
    std::string text;

    void section(std::string_view title) {
        fmt::format_to(std::back_inserter(text), "\n{}\n", title);
    }

    template <class Value>
    void row(std::string_view name, const Value& value) {
        fmt::format_to(std::back_inserter(text), "  {:<20}{}\n", name, value);
    }

    // Unless it is empty.
    void words(std::string_view name, std::string_view value) {
        if (!value.empty()) {
            row(name, printable(value));
        }
    }

    // Unless it is 0.
    void number(std::string_view name, std::uint64_t value) {
        if (value != 0) {
            row(name, value);
        }
    }

    // In milliseconds.
    void time(std::string_view name, std::uint64_t count) {
        if (count != 0) {
            row(name, duration_of(count));
        }
    }
};

void add_settings(ConsumerRows& rows, const v1::ConsumerConfig& config) {
    rows.words("filters", filters_of(config));
    const auto ack = static_cast<std::size_t>(config.ack());
    rows.words("acknowledgement", ack < kAckWords.size() ? kAckWords.at(ack) : "");
    rows.number("max-in-flight", config.max_in_flight());
    rows.time("ack-wait", config.ack_wait_ms());
    rows.words("back-off", back_off_of(config));
    rows.number("max-deliveries", config.max_deliveries());
    rows.words("dead-letter", config.dead_letter_subject());
    rows.time("inactivity", config.inactivity_ms());
    if (config.key_affinity()) {
        rows.row("key-affinity", "yes");
        rows.number("in flight per key", config.max_in_flight_per_key());
    }
}

}  // namespace

std::string consumers_text(const v1::ConsumerList& list) {
    Table table({
        {"CONSUMER"},
        {"MEMBERS", Align::right},
        {"IN FLIGHT", Align::right},
        {"LAG", Align::right},
        {"FLOOR", Align::right},
        {"REDELIVERIES", Align::right},
        {"DEAD LETTERS", Align::right},
        {"PAUSED"},
    });
    for (const v1::ConsumerInfo& row : list.consumers()) {
        table.add({
            row.name(),
            std::to_string(row.members()),
            std::to_string(row.in_flight()),
            std::to_string(row.lag()),
            std::to_string(row.floor()),
            std::to_string(row.redeliveries()),
            std::to_string(row.dead_letters()),
            row.paused_ms() == 0 ? std::string() : duration_of(row.paused_ms()),
        });
    }
    return table.text() + truncation_note(list.consumers_size(), list.total());
}

std::string consumer_text(const v1::ConsumerInfo& consumer) {
    ConsumerRows rows;
    rows.text = fmt::format(
        "{} of {}{}\n",
        printable(consumer.name()),
        printable(consumer.stream()),
        consumer.durable() ? "" : "  (of one connection)"
    );
    rows.row("created", date_text(consumer.created_unix_nanoseconds()) + " UTC");
    add_settings(rows, consumer.config());
    rows.section("Deliveries");
    rows.row("members", consumer.members());
    rows.row("in flight", consumer.in_flight());
    rows.row("settled up to", consumer.floor());
    rows.row("delivered up to", consumer.delivered());
    rows.row("lag", consumer.lag());
    rows.time("paused for", consumer.paused_ms());
    rows.section("Since the start of the daemon");
    rows.row("acknowledged", consumer.acknowledged());
    rows.row("redeliveries", consumer.redeliveries());
    rows.row("dead letters", consumer.dead_letters());
    return std::move(rows.text);
}

}  // namespace telex::cli
