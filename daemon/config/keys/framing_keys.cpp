#include "config/keys/framing_keys.hpp"

#include "codec/framing_names.hpp"

namespace telex::config {

namespace {

using codec::Framing;

constexpr Range kLimit{1, codec::kMaxFrameBytesCeiling};

void read_preset(Framing& /*framing*/, const Node&, const std::string&, Reader&) {
    // Done before the other keys: it is what they change.
}

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

void read_adjust(Framing& framing, const Node& node, const std::string& path, Reader& reader) {
    if (const auto number = reader.number(node, path, -65'535, 65'535)) {
        framing.length.adjust = static_cast<std::int32_t>(*number);
    }
}

// What a byte string looks like in the reference.
std::string quoted_bytes(const std::string& bytes) {
    std::string out;
    for (const char byte : bytes) {
        out += byte == '\n' ? "\\n" : std::string(1, byte);
    }
    return out.empty() ? "" : fmt::format("\"{}\"", out);
}

template <class Access>
Key<Framing> bytes_key(std::string_view path, Access access, About about) {
    return {
        {path, "bytes", "1 to 16 bytes", about},
        [=](Framing& framing, const Node& node, const std::string& where, Reader& reader) {
            if (auto bytes = reader.bytes(node, where)) {
                access(framing) = *std::move(bytes);
            }
        },
        [=](const Framing& framing) { return quoted_bytes(access(framing)); }
    };
}

void add_common_keys(Table<Framing>& table) {
    table.push_back(special<Framing>(
        "preset",
        "preset",
        "see below",
        {"A named framing that the other keys change. Instead of `kind`.", Reload::restart},
        read_preset
    ));
    table.push_back(word_key<Framing>(
        "kind",
        [](auto& f) -> auto& { return f.kind; },
        codec::kFramingKindNames,
        {"How frames are told apart. Instead of `preset`.", Reload::restart}
    ));
    table.back().show = [](const Framing&) { return std::string(); };  // one of both is required
    table.push_back(size_key<Framing>(
        "max_frame",
        [](auto& f) -> auto& { return f.max_frame_bytes; },
        kLimit,
        {"The longest frame that is read and written, without what the framing adds. The default "
         "is less where the framing can express less."}
    ));
    table.push_back(special<Framing>(
        "max_encode",
        "size",
        fmt::format("1B to {}", format_size(kLimit.max)),
        {"The longest frame that is written, when it differs. Protocols `telex` and `json` write a "
         "head, for which they have 4 KiB more than `max_frame`."},
        read_max_encode,
        "max_frame; telex, json: and 4KiB"
    ));
    table.push_back(word_key<Framing>(
        "empty",
        [](auto& f) -> auto& { return f.empty; },
        codec::kEmptyFramesNames,
        {"What happens to a frame with an empty payload.", Reload::restart}
    ));
    table.push_back(special<Framing>(
        "trim",
        "bytes or list",
        "0 to 8 strings of 1 to 16 bytes",
        {"`kind: length`, `datagram` and counted messages of `kind: syslog`: one of these at the "
         "end "
         "of a payload is removed. A payload that ends with one is not written. `[]` removes "
         "nothing; the preset `syslog` has \"\\n\", \"\\r\\n\" and NUL.",
         Reload::restart},
        read_trim,
        "[]"
    ));
    table.push_back(word_key<Framing>(
        "oversize",
        [](auto& f) -> auto& { return f.oversize; },
        codec::kOversizeNames,
        {"A frame over the limit closes the connection, or is read and dropped.", Reload::restart}
    ));
    table.push_back(size_key<Framing>(
        "discard_budget",
        [](auto& f) -> auto& { return f.discard_budget; },
        kLimit,
        {"`oversize: discard` only: bytes dropped in a row before the connection is closed.",
         Reload::restart}
    ));
}

void add_length_keys(Table<Framing>& table) {
    const auto about = [](std::string_view doc) { return About{doc, Reload::restart}; };
    table.push_back(section<Framing>("length", {"The length field of `kind: length`."}));
    table.push_back(word_key<Framing>(
        "length.encoding",
        [](auto& f) -> auto& { return f.length.encoding; },
        codec::kLengthEncodingNames,
        about("How the number is written.")
    ));
    table.push_back(count_key<Framing>(
        "length.width",
        [](auto& f) -> auto& { return f.length.width; },
        {1, 19},
        about("binary: its bytes, 1 to 8. leb128: its bytes at most, 1 to 10 (default 5). decimal: "
              "its digits at most, 1 to 19 (default 10).")
    ));
    table.push_back(word_key<Framing>(
        "length.order",
        [](auto& f) -> auto& { return f.length.order; },
        codec::kByteOrderNames,
        about("Byte order of a binary length.")
    ));
    table.push_back(count_key<Framing>(
        "length.at",
        [](auto& f) -> auto& { return f.length.at; },
        {0, codec::kMaxLengthHeadBytes - 1},
        about("Bytes before the field. With the field and its terminator at most 4096.")
    ));
    table.push_back(word_key<Framing>(
        "length.counts",
        [](auto& f) -> auto& { return f.length.counts; },
        codec::kLengthCountsNames,
        about("What the number counts: the body; everything from the field on; the whole frame.")
    ));
    table.push_back(special<Framing>(
        "length.adjust",
        "number",
        "-65535 to 65535",
        about("Added to the number before it is used."),
        read_adjust,
        "0"
    ));
    table.push_back(flag_key<Framing>(
        "length.canonical",
        [](auto& f) -> auto& { return f.length.canonical; },
        about("leb128, decimal: refuse a longer notation than necessary.")
    ));
    table.push_back(bytes_key(
        "length.terminator",
        [](auto& f) -> auto& { return f.length.terminator; },
        about("decimal: the bytes that end the digits. Required there.")
    ));
    table.push_back(bytes_key(
        "length.trailer",
        [](auto& f) -> auto& { return f.length.trailer; },
        about("Bytes that follow every body and are checked.")
    ));
    table.push_back(flag_key<Framing>(
        "length.keep_head",
        [](auto& f) -> auto& { return f.length.keep_head; },
        about("The payload begins with the frame's first byte; what is written brings its own head."
        )
    ));
}

void add_other_kinds(Table<Framing>& table) {
    const auto about = [](std::string_view doc) { return About{doc, Reload::restart}; };
    table.push_back(section<Framing>(
        "delimiter", {"The end of a frame, `kind: delimiter` and lines of `kind: syslog`."}
    ));
    table.push_back(special<Framing>(
        "delimiter.end",
        "bytes or list",
        "1 to 8 strings of 1 to 16 bytes",
        about("Any of these ends a frame."),
        read_ends,
        "\"\\n\""
    ));
    table.push_back(bytes_key(
        "delimiter.write",
        [](auto& f) -> auto& { return f.delimiter.write; },
        about("What ends a written frame; the first `end` unless given.")
    ));
    table.push_back(flag_key<Framing>(
        "delimiter.optional_cr",
        [](auto& f) -> auto& { return f.delimiter.optional_cr; },
        about("A CR before the delimiter is dropped.")
    ));
    table.push_back(flag_key<Framing>(
        "delimiter.keep",
        [](auto& f) -> auto& { return f.delimiter.keep; },
        about("The payload keeps its delimiter.")
    ));
    table.push_back(word_key<Framing>(
        "delimiter.at_eof",
        [](auto& f) -> auto& { return f.delimiter.at_eof; },
        codec::kAtEofNames,
        about("What becomes of bytes without a delimiter at the end of the stream.")
    ));
    table.push_back(special<Framing>(
        "size",
        "size",
        fmt::format("1B to {}", format_size(kLimit.max)),
        about("`kind: fixed`: bytes of every frame. Required there."),
        read_fixed_size
    ));
    table.push_back(word_key<Framing>(
        "stuffing",
        [](auto& f) -> auto& { return f.stuffing; },
        codec::kStuffingNames,
        about("`kind: stuffed`: how the terminator is kept out of the content.")
    ));
    table.push_back(word_key<Framing>(
        "syslog_write",
        [](auto& f) -> auto& { return f.syslog_write; },
        codec::kSyslogWriteNames,
        about("`kind: syslog`: what is written.")
    ));
}

Table<Framing> make_framing_table() {
    Table<Framing> table;
    add_common_keys(table);
    add_length_keys(table);
    add_other_kinds(table);
    return table;
}

}  // namespace

const Table<Framing>& framing_keys() {
    static const Table<Framing> table = make_framing_table();
    return table;
}

}  // namespace telex::config
