#include "config/keys/stream_keys.hpp"

#include "config/keys/list_keys.hpp"
#include "config/keys/text_rules.hpp"
#include "config/keys/units.hpp"

#include <array>
#include <chrono>

namespace telex::config {

namespace {

using std::chrono::milliseconds;
using streams::Discard;
using streams::Duration;

constexpr std::uint64_t kMost = std::uint64_t{1} << 50U;
constexpr std::uint64_t kMostEntries = 100'000'000;
constexpr std::uint64_t kShortest = 100;  // milliseconds
constexpr Range kWindow{kShortest, 7 * kDay};
constexpr std::string_view kNoWindow = "off";
constexpr std::string_view kUnlimited = "no limit";

constexpr std::array<Word<Discard>, 3> kDiscards{{
    {"oldest", Discard::oldest},
    {"newest", Discard::newest},
    {"newest-per-subject", Discard::newest_per_subject},
}};

constexpr std::array<Word<streams::SubjectIndexing>, 2> kIndexes{{
    {"last", streams::SubjectIndexing::last},
    {"all", streams::SubjectIndexing::all},
}};

constexpr std::array<Word<streams::Compression>, 2> kCompressions{{
    {"none", streams::Compression::none},
    {"zstd", streams::Compression::zstd},
}};

constexpr std::array<Word<streams::Sync>, 2> kSyncs{{
    {"always", streams::Sync::always},
    {"interval", streams::Sync::interval},
}};

std::string text_of_duration(Duration time) {
    return format_duration(std::chrono::duration_cast<milliseconds>(time));
}

// A time that the file gives in milliseconds, of a member in nanoseconds. `range` is in
// milliseconds.
template <class Access>
Key<StreamEntry> time_key(std::string_view path, Access access, Range range, About about) {
    return value_key<StreamEntry>(
        path,
        duration_kind<milliseconds>(range),
        access,
        about,
        [range](const Node& node, const std::string& where, Reader& reader) {
            return reader.duration<milliseconds>(node, where, range);
        },
        text_of_duration
    );
}

std::optional<std::string> stream_name_rule(std::string_view text) {
    if (streams::is_stream_name(text)) {
        return std::nullopt;
    }
    return "is not a name of a stream; use 1 to 255 letters, digits, '-' and '_'";
}

void read_window(StreamEntry& entry, const Node& node, const std::string& path, Reader& reader) {
    if (node.text == kNoWindow) {
        (void)reader.text(node, path);  // marks the key as given
        entry.options.duplicate_window.reset();
    } else if (const auto time = reader.duration<milliseconds>(node, path, kWindow)) {
        entry.options.duplicate_window = *time;
    }
}

Key<StreamEntry> duplicate_window_key() {
    DurationKind kind = duration_kind<milliseconds>(kWindow);
    kind.word = kNoWindow;
    auto key = special<StreamEntry>(
        "duplicate_window",
        kind,
        {"How long message ids are remembered: a message with the id of an earlier one is not "
         "stored and not delivered again. `off`: ids are not compared. At most `max_age`."},
        read_window
    );
    key.show = [](const StreamEntry& entry) {
        const auto window = entry.options.duplicate_window;
        return window ? text_of_duration(*window) : std::string(kNoWindow);
    };
    return key;
}

Table<StreamEntry> identity_rows() {
    return {
        text_key<StreamEntry>(
            "name",
            {"name", "1 to 255 letters, digits, `-`, `_`"},
            [](auto& s) -> auto& { return s.options.name; },
            stream_name_rule,
            {.doc = "Name of the stream, unique within its account.", .required = true}
        ),
        text_key<StreamEntry>(
            "account",
            {"name", "one of `accounts`"},
            [](auto& s) -> auto& { return s.account; },
            check_name,
            {"Account whose messages the stream stores."}
        ),
    };
}

Key<StreamEntry> subjects_row() {
    Key<StreamEntry> row = filters<StreamEntry>(
        "subjects",
        [](auto& s) -> auto& { return s.options.subjects; },
        {.doc = "Filters of the stored subjects, at most 1,000. A subject belongs to at most one "
                "stream of its account; those that begin with `$` or `_REPLY` cannot be stored.",
         .required = true}
    );
    return row;
}

// NOLINTNEXTLINE(readability-function-size): a table, row by row
void add_stream_limit_rows(Table<StreamEntry>& table) {
    table.push_back(count_key<StreamEntry>(
        "max_messages",
        [](auto& s) -> auto& { return s.options.max_messages; },
        {1, kMost},
        {.doc = "Maximum stored messages.", .unset = kUnlimited}
    ));
    table.push_back(size_key<StreamEntry>(
        "max_bytes",
        [](auto& s) -> auto& { return s.options.max_bytes; },
        {1, kMost},
        {.doc = "Maximum size of the stored messages before compression.", .unset = kUnlimited}
    ));
    table.push_back(count_key<StreamEntry>(
        "max_per_subject",
        [](auto& s) -> auto& { return s.options.max_per_subject; },
        {1, kMost},
        {.doc = "Maximum stored messages of each subject. At most `max_messages`.",
         .unset = kUnlimited}
    ));
    table.push_back(time_key(
        "max_age",
        [](auto& s) -> auto& { return s.options.max_age; },
        {kShortest, 36'500 * kDay},
        {.doc = "Messages are removed at this age.", .unset = kUnlimited}
    ));
    table.push_back(size_key<StreamEntry>(
        "max_message_bytes",
        [](auto& s) -> auto& { return s.options.max_message_bytes; },
        {1, streams::kMaxMessageBytes},
        {"Maximum size of a message with its subject and headers. Larger ones are refused. At most "
         "`max_bytes`."}
    ));
    table.push_back(choice_key<StreamEntry>(
        "discard",
        [](auto& s) -> auto& { return s.options.discard; },
        kDiscards,
        {"At `max_messages` and `max_bytes`: `oldest` removes the oldest messages, `newest` "
         "refuses "
         "the publication. `newest-per-subject` refuses it at `max_per_subject`, too; otherwise "
         "that "
         "limit removes the subject's oldest message."}
    ));
}

// NOLINTNEXTLINE(readability-function-size): a table, row by row
void add_stream_rows(Table<StreamEntry>& table) {
    table.push_back(duplicate_window_key());
    table.push_back(count_key<StreamEntry>(
        "max_duplicate_ids",
        [](auto& s) -> auto& { return s.options.max_duplicate_ids; },
        {1, kMostEntries},
        {"Maximum remembered message ids. Further messages with ids are refused until old ids are "
         "forgotten."}
    ));
    table.push_back(count_key<StreamEntry>(
        "max_subjects",
        [](auto& s) -> auto& { return s.options.max_subjects; },
        {1, kMostEntries},
        {"Maximum different subjects in the stream. Messages on further ones are refused."}
    ));
    table.push_back(boolean_key<StreamEntry>(
        "allow_ttl",
        [](auto& s) -> auto& { return s.options.allow_ttl; },
        {"Whether a message may have a time to live."}
    ));
    table.push_back(boolean_key<StreamEntry>(
        "allow_roll_up",
        [](auto& s) -> auto& { return s.options.allow_roll_up; },
        {"Whether a message may replace all earlier ones, of its subject or of the stream."}
    ));
    table.push_back(boolean_key<StreamEntry>(
        "deny_erase",
        [](auto& s) -> auto& { return s.options.deny_erase; },
        {"Refuse to erase single messages by command."}
    ));
    table.push_back(boolean_key<StreamEntry>(
        "deny_purge",
        [](auto& s) -> auto& { return s.options.deny_purge; },
        {"Refuse to purge the stream by command."}
    ));
    table.push_back(choice_key<StreamEntry>(
        "subject_index",
        [](auto& s) -> auto& { return s.options.subject_index; },
        kIndexes,
        {"Memory for each subject: its `last` sequence, about 100 bytes, or `all` "
         "sequences, another 40 bytes for each message. `max_per_subject` and `allow_roll_up` "
         "require and select `all`."}
    ));
    table.push_back(choice_key<StreamEntry>(
        "compression",
        [](auto& s) -> auto& { return s.options.compression; },
        kCompressions,
        {"Compression of stored messages."}
    ));
    table.push_back(choice_key<StreamEntry>(
        "sync",
        [](auto& s) -> auto& { return s.options.sync; },
        kSyncs,
        {"`always`: a message is acknowledged when it is on the disk. `interval`: acknowledged "
         "messages of the last `sync_interval` can be lost if the machine loses power."}
    ));
    table.push_back(time_key(
        "sync_interval",
        [](auto& s) -> auto& { return s.options.sync_interval; },
        {10, 600 * kSecond},
        {.doc = "How often stored messages are written to the disk. Requires `sync: interval`, "
                "which requires it.",
         .unset = "none"}
    ));
}

}  // namespace

const Table<StreamEntry>& stream_keys() {
    static const Table<StreamEntry> table = [] {
        Table<StreamEntry> keys = identity_rows();
        keys.push_back(subjects_row());
        add_stream_limit_rows(keys);
        add_stream_rows(keys);
        return keys;
    }();
    return table;
}

}  // namespace telex::config
