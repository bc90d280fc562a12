#include "config/keys/framing_keys.hpp"

#include "codec/framing_names.hpp"

namespace telex::config {

namespace {

using codec::Framing;

constexpr Range kLimit{1, codec::kMaxFrameBytesCeiling};

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

// A byte string as the reference shows it.
std::string quoted_bytes(const std::string& bytes) {
    std::string out;
    for (const char byte : bytes) {
        out += byte == '\n' ? "\\n" : std::string(1, byte);
    }
    return out.empty() ? "" : fmt::format("\"{}\"", out);
}

template <class Access>
Key<Framing> bytes_key(std::string_view path, Access access, std::string_view doc) {
    return value_key<Framing>(
        path,
        BytesKind{},
        access,
        {doc, Reload::restart},
        [](const Node& node, const std::string& where, Reader& reader) {
            return reader.bytes(node, where);
        },
        quoted_bytes
    );
}

About at_restart(std::string_view doc) {
    return {doc, Reload::restart};
}

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

void add_length_keys(Table<Framing>& table) {
    table.push_back(section<Framing>("length", {"Length field of `kind: length`."}));
    table.push_back(choice_key<Framing>(
        "length.encoding",
        [](auto& f) -> auto& { return f.length.encoding; },
        codec::kLengthEncodingNames,
        at_restart("Encoding of the length.")
    ));
    table.push_back(count_key<Framing>(
        "length.width",
        [](auto& f) -> auto& { return f.length.width; },
        {1, 19},
        at_restart(
            "binary: number of bytes, 1 to 8. bcd: number of bytes, 1 to 9; defaults to 2. "
            "leb128: maximum number of bytes, 1 to 10; defaults to 5. ber: maximum number of "
            "bytes in the long form, 1 to 8. decimal, hex: number of digits, 1 to 19 and 1 "
            "to 16; with `terminator` the maximum, which defaults to 10 and 8."
        )
    ));
    table.push_back(choice_key<Framing>(
        "length.order",
        [](auto& f) -> auto& { return f.length.order; },
        codec::kByteOrderNames,
        at_restart("Byte order of a binary length.")
    ));
    table.push_back(bytes_key(
        "length.head",
        [](auto& f) -> auto& { return f.length.head; },
        "Bytes that begin each frame. A frame without them is an error. Offsets count them."
    ));
    table.push_back(count_key<Framing>(
        "length.at",
        [](auto& f) -> auto& { return f.length.at; },
        {0, codec::kMaxLengthHeadBytes - 1},
        at_restart("Offset of the length field in bytes; defaults to the size of `head`. Offset, "
                   "field and terminator have at most 4096 bytes.")
    ));
    table.push_back(choice_key<Framing>(
        "length.counts",
        [](auto& f) -> auto& { return f.length.counts; },
        codec::kLengthCountsNames,
        at_restart("Part of the frame that the length counts: the body, everything from the length "
                   "field on, or the whole frame.")
    ));
    table.push_back(integer_key<Framing>(
        "length.adjust",
        [](auto& f) -> auto& { return f.length.adjust; },
        {-65'535, 65'535},
        at_restart("Number of bytes added to the length before it is used.")
    ));
    table.push_back(boolean_key<Framing>(
        "length.canonical",
        [](auto& f) -> auto& { return f.length.canonical; },
        at_restart("leb128, ber, decimal, hex: reject a length that has more bytes or digits than "
                   "necessary. Has no effect without `terminator` on decimal and hex.")
    ));
}

// Literals behind the number and the body, and whether the payload keeps the head.
void add_length_literals(Table<Framing>& table) {
    table.push_back(bytes_key(
        "length.terminator",
        [](auto& f) -> auto& { return f.length.terminator; },
        "decimal, hex: bytes that end the digits. Without them the length has `width` digits, with "
        "leading zeros."
    ));
    table.push_back(bytes_key(
        "length.trailer",
        [](auto& f) -> auto& { return f.length.trailer; },
        "Bytes that follow each body. A frame without them is an error."
    ));
    table.push_back(boolean_key<Framing>(
        "length.keep_head",
        [](auto& f) -> auto& { return f.length.keep_head; },
        at_restart("The payload contains the head (all bytes before the body). A written payload "
                   "must bring its own head.")
    ));
}

void add_binary_length_keys(Table<Framing>& table) {
    table.push_back(count_key<Framing>(
        "length.head_size",
        [](auto& f) -> auto& { return f.length.head_size; },
        {0, codec::kMaxLengthHeadBytes},
        at_restart("binary: size of the head if it has bytes behind the length field; 0: it ends "
                   "with the field. `counts` and `keep_head` include them.")
    ));
    table.push_back(bytes_key(
        "length.mask",
        [](auto& f) -> auto& { return f.length.mask; },
        "binary: bits of the field that are the length, as on the wire, such as \"hex:7fffffff\". "
        "Others are ignored. Defaults to all bits that are not in `flags`."
    ));
    table.push_back(bytes_key(
        "length.flags",
        [](auto& f) -> auto& { return f.length.flags; },
        "binary: other bits of the field, as they are written."
    ));
    table.push_back(count_key<Framing>(
        "length.unit",
        [](auto& f) -> auto& { return f.length.unit; },
        {1, 4'096},
        at_restart("binary: number of bytes in each unit that the length counts.")
    ));
    table.push_back(count_key<Framing>(
        "length.align",
        [](auto& f) -> auto& { return f.length.align; },
        {1, 64},
        at_restart(
            "binary: padding follows the body up to a multiple of this number of bytes. It is not "
            "counted, not delivered, and written as zeros."
        )
    ));
    table.push_back(count_key<Framing>(
        "length.padding_at",
        [](auto& f) -> auto& { return f.length.padding_at; },
        {0, codec::kMaxLengthHeadBytes - 1},
        at_restart("binary: offset in the head of a second field, which says how many bytes of "
                   "padding follow the body. They are not delivered; it is written as 0.")
    ));
    table.push_back(count_key<Framing>(
        "length.padding_width",
        [](auto& f) -> auto& { return f.length.padding_width; },
        {0, 2},
        at_restart("Number of bytes of the field at `padding_at`; 0: there is none.")
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
    table.push_back(choice_key<Framing>(
        "delimiter.at_eof",
        [](auto& f) -> auto& { return f.delimiter.at_eof; },
        codec::kAtEofNames,
        at_restart("How bytes without a delimiter at the end of the stream are handled.")
    ));
}

void add_other_kinds(Table<Framing>& table) {
    table.push_back(special<Framing>(
        "size",
        SizeKind{kLimit},
        at_restart("`kind: fixed`, which requires it: size of every frame."),
        read_fixed_size
    ));
    table.push_back(choice_key<Framing>(
        "stuffing",
        [](auto& f) -> auto& { return f.stuffing; },
        codec::kStuffingNames,
        at_restart("`kind: stuffed`: encoding that keeps the end byte out of the content.")
    ));
    table.push_back(boolean_key<Framing>(
        "leading_end",
        [](auto& f) -> auto& { return f.leading_end; },
        at_restart("`stuffing: slip` and `hdlc`: write the end byte before each frame, too.")
    ));
    table.push_back(choice_key<Framing>(
        "checksum",
        [](auto& f) -> auto& { return f.checksum; },
        codec::kChecksumNames,
        at_restart("`stuffing: hdlc`: checksum after the content of each frame. It is checked and "
                   "removed.")
    ));
    table.push_back(choice_key<Framing>(
        "damaged",
        [](auto& f) -> auto& { return f.damaged; },
        codec::kDamagedNames,
        at_restart("`kind: stuffed`: whether a frame with a wrong escape or checksum closes the "
                   "connection or is discarded.")
    ));
    table.push_back(choice_key<Framing>(
        "syslog_write",
        [](auto& f) -> auto& { return f.syslog_write; },
        codec::kSyslogWriteNames,
        at_restart("`kind: syslog`: format of written messages.")
    ));
}

Table<Framing> make_framing_table() {
    Table<Framing> table;
    add_common_keys(table);
    add_length_keys(table);
    add_length_literals(table);
    add_binary_length_keys(table);
    add_delimiter_keys(table);
    add_other_kinds(table);
    return table;
}

}  // namespace

const Table<Framing>& framing_keys() {
    static const Table<Framing> table = make_framing_table();
    return table;
}

}  // namespace telex::config
