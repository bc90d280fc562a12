#include "cli/commands/stream_text.hpp"

#include "base/printable.hpp"
#include "cli/commands/stream_settings.hpp"
#include "cli/connection/admin_request.hpp"
#include "cli/terminal/table.hpp"

#include <fmt/format.h>

#include <iterator>
#include <map>

namespace telex::cli {
namespace {

std::string subjects_of(const v1::StreamInfo& stream) {
    return printable(fmt::format("{}", fmt::join(stream.config().subjects(), " ")));
}

}  // namespace

std::string streams_text(const v1::StreamList& list) {
    Table table({
        {"STREAM"},
        {"ACCOUNT"},
        {"MESSAGES", Align::right},
        {"SIZE", Align::right},
        {"FIRST", Align::right},
        {"LAST", Align::right},
        {"LAST MESSAGE (UTC)"},
        {"SUBJECTS"},
    });
    for (const v1::StreamInfo& row : list.streams()) {
        const std::int64_t last = row.last_unix_nanoseconds();
        table.add({
            row.config().name(),
            row.config().account(),
            std::to_string(row.messages()),
            short_size(row.bytes()),
            std::to_string(row.first_sequence()),
            std::to_string(row.last_sequence()),
            last == 0 ? std::string() : date_text(last),
            subjects_of(row),
        });
    }
    return table.text() + truncation_note(list.streams_size(), list.total());
}

std::string stream_text(const v1::StreamInfo& stream) {
    std::string text;
    const auto out = std::back_inserter(text);
    const auto row = [&](std::string_view name, const auto& value) {
        fmt::format_to(out, "  {:<20}{}\n", name, value);
    };
    fmt::format_to(
        out,
        "{}{}\n",
        printable(stream.config().name()),
        stream.configured() ? "  (in the configuration file)" : ""
    );
    if (!stream.config().account().empty()) {
        row("account", printable(stream.config().account()));
    }
    row("subjects", subjects_of(stream));
    text += settings_text(stream.config());
    fmt::format_to(out, "\nContents\n");
    row("messages", stream.messages());
    row("size", short_size(stream.bytes()));
    row("different subjects", stream.subjects());
    row("first sequence", stream.first_sequence());
    row("last sequence", stream.last_sequence());
    if (stream.messages() != 0) {
        row("first message", date_text(stream.first_unix_nanoseconds()) + " UTC");
        row("last message", date_text(stream.last_unix_nanoseconds()) + " UTC");
    }
    row("memory", short_size(stream.memory_bytes()));
    fmt::format_to(out, "\nSince the start of the daemon\n");
    row("stored", stream.stored_messages());
    row("duplicates", stream.duplicates());
    const std::map<std::string, std::uint64_t> refused(
        stream.refused_messages().begin(), stream.refused_messages().end()
    );
    for (const auto& [reason, count] : refused) {
        row("refused", fmt::format("{}  {}", count, printable(reason)));
    }
    return text;
}

std::string storage_text(const v1::StorageInfo& storage) {
    return fmt::format(
        "store {}: {}{}, {} on the disk, {} free, {} messages in {} commits\n",
        printable(storage.folder()),
        storage.state(),
        storage.reason().empty() ? "" : " (" + printable(storage.reason()) + ")",
        short_size(storage.disk_bytes()),
        short_size(storage.free_bytes()),
        storage.committed_messages(),
        storage.commits()
    );
}

}  // namespace telex::cli
