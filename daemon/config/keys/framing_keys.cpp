#include "config/keys/framing_keys.hpp"

#include "codec/framing_names.hpp"
#include "config/keys/framing_rows.hpp"

namespace telex::config {

namespace {

using codec::Framing;

constexpr Range kLimit{1, codec::kMaxFrameBytesCeiling};
constexpr std::uint64_t kMostFirstFrames = 1'000'000;

// The preset is read before the other keys, which change it.
void skip_preset(Framing& /*framing*/, const Node&, const std::string&, Reader&) {}

// One byte string or a list of them.
std::optional<std::vector<std::string>> read_byte_strings(
    const Node& node, const std::string& path, Reader& reader
) {
    std::vector<std::string> strings;
    if (node.kind == Node::Kind::list) {
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            auto bytes = reader.bytes(node.items[i], item(path, i));
            if (!bytes) {
                reader.origins().fail(path);
                return std::nullopt;
            }
            strings.push_back(*std::move(bytes));
        }
    } else if (auto bytes = reader.bytes(node, path)) {
        strings.push_back(*std::move(bytes));
    } else {
        return std::nullopt;
    }
    return strings;
}

void read_ends(Framing& framing, const Node& node, const std::string& path, Reader& reader) {
    if (auto ends = read_byte_strings(node, path, reader)) {
        framing.delimiter.ends = *std::move(ends);
    }
}

void read_trim(Framing& framing, const Node& node, const std::string& path, Reader& reader) {
    if (auto endings = read_byte_strings(node, path, reader)) {
        framing.trim = *std::move(endings);
    }
}

void read_lengths(Framing& framing, const Node& node, const std::string& path, Reader& reader) {
    if (auto names = read_byte_strings(node, path, reader)) {
        framing.headers.lengths = *std::move(names);
    }
}

void read_max_encode(Framing& framing, const Node& node, const std::string& path, Reader& reader) {
    if (const auto bytes = reader.size(node, path, kLimit)) {
        framing.max_encode_bytes = static_cast<std::size_t>(*bytes);
    }
}

void read_fixed_size(Framing& framing, const Node& node, const std::string& path, Reader& reader) {
    if (const auto bytes = reader.size(node, path, kLimit)) {
        framing.fixed_bytes = static_cast<std::size_t>(*bytes);
    }
}

constexpr TextKind kByteStrings{"byte string", "1 to 8 strings of 1 to 16 bytes"};

void add_common_keys(Table<Framing>& table) {
    table.push_back(special<Framing>(
        "preset",
        TextKind{"preset", "see above"},
        at_restart("Preset to start from; the other keys change it. Excludes `kind`."),
        skip_preset
    ));
    table.push_back(choice_key<Framing>(
        "kind",
        [](auto& f) -> auto& { return f.kind; },
        codec::kFramingKindNames,
        at_restart("How the frames of a stream are delimited. Excludes `preset`.")
    ));
    table.back().show = [](const Framing&) { return std::string(); };  // one of both is required
    table.push_back(size_key<Framing>(
        "max_frame",
        [](auto& f) -> auto& { return f.max_frame_bytes; },
        kLimit,
        {"Maximum size of a frame, without the bytes that the framing adds. Defaults to less where "
         "the framing can express less. Larger frames are treated as `oversize` says."}
    ));
    table.push_back(special<Framing>(
        "max_encode",
        SizeKind{kLimit},
        {.doc = "Maximum size of a written frame, if it differs from `max_frame`. A protocol that "
                "adds a head to each message may exceed `max_frame` by 4 KiB for it.",
         .unset = "max_frame, and 4KiB for a head"},
        read_max_encode
    ));
    table.push_back(choice_key<Framing>(
        "empty",
        [](auto& f) -> auto& { return f.empty; },
        codec::kEmptyFramesNames,
        at_restart("How a frame with an empty payload is handled.")
    ));
    table.push_back(special<Framing>(
        "trim",
        ListKind{{"byte string", "0 to 8 strings of 1 to 16 bytes"}, 0},
        {.doc = "Endings of which one is removed from a payload: `kind: length`, `datagram` and "
                "octet-counted messages of `kind: syslog`. Payloads that end with one of them "
                "cannot be written. `[]` removes nothing; the preset `syslog` has \"\\n\", "
                "\"\\r\\n\" and NUL.",
         .reload = Reload::restart,
         .unset = "[]"},
        read_trim
    ));
    table.push_back(choice_key<Framing>(
        "oversize",
        [](auto& f) -> auto& { return f.oversize; },
        codec::kOversizeNames,
        at_restart("Whether a frame above `max_frame` closes the connection or is discarded.")
    ));
    table.push_back(size_key<Framing>(
        "discard_budget",
        [](auto& f) -> auto& { return f.discard_budget; },
        kLimit,
        at_restart("Maximum bytes discarded in a row; above it the connection is closed. Only with "
                   "`oversize: discard` or `damaged: discard`.")
    ));
}

void add_delimiter_keys(Table<Framing>& table) {
    table.push_back(section<Framing>(
        "delimiter", {"Delimiter of `kind: delimiter` and of the lines of `kind: syslog`."}
    ));
    table.push_back(bytes_key(
        "delimiter.start",
        [](auto& f) -> auto& { return f.delimiter.start; },
        "`kind: delimiter`: bytes that begin each frame and are not part of its payload. A frame "
        "without them is an error."
    ));
    table.push_back(bytes_key(
        "delimiter.skip",
        [](auto& f) -> auto& { return f.delimiter.skip; },
        "`kind: delimiter`: bytes that may stand before `start`, each any number of times, and are "
        "skipped: gdb's acknowledgements `+-`."
    ));
    table.push_back(special<Framing>(
        "delimiter.end",
        ListKind{kByteStrings},
        {.doc = "Delimiters, each of which ends a frame.",
         .reload = Reload::restart,
         .unset = "\"\\n\""},
        read_ends
    ));
    table.push_back(bytes_key(
        "delimiter.write",
        [](auto& f) -> auto& { return f.delimiter.write; },
        "Delimiter of written frames. Defaults to the first of `end`."
    ));
    table.push_back(boolean_key<Framing>(
        "delimiter.optional_cr",
        [](auto& f) -> auto& { return f.delimiter.optional_cr; },
        at_restart("Remove a CR before the delimiter.")
    ));
    table.push_back(boolean_key<Framing>(
        "delimiter.keep",
        [](auto& f) -> auto& { return f.delimiter.keep; },
        at_restart("Keep the delimiter, and `start`, in the payload.")
    ));
    add_delimiter_context_keys(table);
    table.push_back(choice_key<Framing>(
        "delimiter.at_eof",
        [](auto& f) -> auto& { return f.delimiter.at_eof; },
        codec::kAtEofNames,
        at_restart("How bytes without a delimiter at the end of the stream are handled.")
    ));
}

void add_header_keys(Table<Framing>& table) {
    table.push_back(section<Framing>(
        "headers", {"Header lines before each body: HTTP, SIP, LSP, STOMP (`kind: headers`)."}
    ));
    table.push_back(special<Framing>(
        "headers.length",
        ListKind{{"header name", "1 to 4 names of 1 to 64 bytes"}},
        {.doc = "Names of the header that contains the size of the body, in any case. The first is "
                "written.",
         .reload = Reload::restart,
         .unset = "Content-Length"},
        read_lengths
    ));
    table.push_back(choice_key<Framing>(
        "headers.first_line",
        [](auto& f) -> auto& { return f.headers.first_line; },
        codec::kFirstLineNames,
        at_restart(
            "Whether the first line is a header, a start line (of a request or a status), or "
            "either: then it is a header if it begins with a name and a colon."
        )
    ));
    table.push_back(choice_key<Framing>(
        "headers.without",
        [](auto& f) -> auto& { return f.headers.without; },
        codec::kWithoutLengthNames,
        at_restart("Body of a frame without a length: it is empty; the frame is an error; the body "
                   "ends at `trailer`, or when the peer closes.")
    ));
    table.push_back(bytes_key(
        "headers.trailer",
        [](auto& f) -> auto& { return f.headers.trailer; },
        "Bytes that follow each body. A frame without them is an error."
    ));
    table.push_back(bytes_key(
        "headers.write_head",
        [](auto& f) -> auto& { return f.headers.write_head; },
        "Lines that are written before the length: \"HTTP/1.1 200 OK\\r\\n\". Not with "
        "`keep_head`.",
        BytesKind{codec::kMaxWriteHeadBytes}
    ));
    table.push_back(bytes_key(
        "headers.refuse_as",
        [](auto& f) -> auto& { return f.headers.refuse_as; },
        "Protocol of the status line that stands for a missing reply, such as \"HTTP/1.1\"."
    ));
    table.push_back(boolean_key<Framing>(
        "headers.keep_head",
        [](auto& f) -> auto& { return f.headers.keep_head; },
        at_restart(
            "The payload contains the headers. A written payload must bring its own headers, "
            "with the right length."
        )
    ));
    table.push_back(size_key<Framing>(
        "headers.head_limit",
        [](auto& f) -> auto& { return f.headers.head_limit; },
        {1, codec::kMaxHeadLimit},
        at_restart("Maximum size of the headers with their blank line. `max_frame` does not count "
                   "them, unless `keep_head`.")
    ));
}

void add_other_kinds(Table<Framing>& table) {
    table.push_back(special<Framing>(
        "size",
        SizeKind{kLimit},
        at_restart("`kind: fixed`, which requires it: size of every frame."),
        read_fixed_size
    ));
    add_stuffed_framing_keys(table);
    table.push_back(choice_key<Framing>(
        "syslog_write",
        [](auto& f) -> auto& { return f.syslog_write; },
        codec::kSyslogWriteNames,
        at_restart("`kind: syslog`: format of written messages.")
    ));
}

// A framing within the framing: a preset or a mapping.
std::optional<Framing> read_contained(const Node& node, const std::string& path, Reader& reader) {
    if (node.kind == Node::Kind::mapping) {
        return read_framing(node, path, reader);
    }
    const auto name = reader.text(node, path);
    if (!name) {
        return std::nullopt;
    }
    auto framing = named_preset(name->value);
    if (!framing) {
        reader.error(node.at, path, framing.error());
        return std::nullopt;
    }
    return *std::move(framing);
}

void read_first(Framing& framing, const Node& node, const std::string& path, Reader& reader) {
    if (auto first = read_contained(node, path, reader)) {
        framing.first.framing = {*std::move(first)};
    } else {
        reader.origins().fail(path);
    }
}

void read_write(Framing& framing, const Node& node, const std::string& path, Reader& reader) {
    if (auto write = read_contained(node, path, reader)) {
        framing.write = {*std::move(write)};
    } else {
        reader.origins().fail(path);
    }
}

void read_first_frames(
    Framing& framing, const Node& node, const std::string& path, Reader& reader
) {
    if (const auto frames = reader.count(node, path, {1, kMostFirstFrames})) {
        framing.first.frames = static_cast<std::uint32_t>(*frames);
    }
}

void read_unframed(Framing& framing, const Node& node, const std::string& path, Reader& reader) {
    if (auto payloads = read_byte_strings(node, path, reader)) {
        framing.unframed = *std::move(payloads);
    }
}

void add_first_keys(Table<Framing>& table) {
    table.push_back(section<Framing>(
        "first", {"Frames at the beginning of a connection that have another form."}
    ));
    table.push_back(special<Framing>(
        "first.framing",
        NameOrMappingKind{"framing"},
        at_restart("Their framing: a preset, or a mapping of kind length, delimiter or fixed."),
        read_first
    ));
    table.push_back(special<Framing>(
        "first.frames",
        CountKind{{1, kMostFirstFrames}},
        {.doc = "Maximum number of these frames. Required without `begins`.",
         .reload = Reload::restart,
         .unset = "any"},
        read_first_frames
    ));
    table.push_back(bytes_key(
        "first.begins",
        [](auto& f) -> auto& { return f.first.begins; },
        "Bytes that each of them begins with. The first frame without them has the other form, as "
        "all after it."
    ));
    table.push_back(special<Framing>(
        "write",
        NameOrMappingKind{"framing"},
        {.doc = "Framing of written frames, with their limit: a preset or a mapping.",
         .reload = Reload::restart,
         .unset = "as for reading"},
        read_write
    ));
    table.push_back(special<Framing>(
        "unframed",
        ListKind{{"byte string", "0 to 8 strings of 1 to 16 bytes"}, 0},
        {.doc =
             "Payloads that are written as they are, without a frame, whenever they are written.",
         .reload = Reload::restart,
         .unset = "[]"},
        read_unframed
    ));
}

void add_idle_key(Table<Framing>& table) {
    table.push_back(duration_key<Framing>(
        "idle",
        [](auto& f) -> auto& { return f.idle; },
        {codec::kMinIdle.count(), codec::kMaxIdle.count()},
        at_restart("`kind: idle`: a pause of the sender of at least this duration ends a frame. It "
                   "must be less than `limits.frame_timeout`.")
    ));
}

void add_value_keys(Table<Framing>& table) {
    table.push_back(choice_key<Framing>(
        "format",
        [](auto& f) -> auto& { return f.format; },
        codec::kValueFormatNames,
        at_restart("`kind: value`: format of the values, which are self-delimiting.")
    ));
    table.push_back(count_key<Framing>(
        "nesting",
        [](auto& f) -> auto& { return f.nesting; },
        {1, codec::kMaxNesting},
        at_restart("Maximum depth of values inside of values (`kind: value`), and of brackets "
                   "inside of brackets (`delimiter.brackets`).")
    ));
}

Table<Framing> make_framing_table() {
    Table<Framing> table;
    add_common_keys(table);
    add_length_framing_keys(table);
    add_delimiter_keys(table);
    add_header_keys(table);
    add_other_kinds(table);
    add_value_keys(table);
    add_idle_key(table);
    add_first_keys(table);
    return table;
}

}  // namespace

const Table<Framing>& framing_keys() {
    static const Table<Framing> table = make_framing_table();
    return table;
}

}  // namespace telex::config
