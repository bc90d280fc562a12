// The keys of `kind: length`.
#include "codec/framing_names.hpp"
#include "config/keys/framing_rows.hpp"

namespace telex::config {

namespace {

using codec::Framing;

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

void add_continuation_keys(Table<Framing>& table) {
    table.push_back(choice_key<Framing>(
        "length.continuation",
        [](auto& f) -> auto& { return f.length.continuation; },
        codec::kContinuationNames,
        at_restart("binary: frames have several parts, each with its own head. The last one is the "
                   "one with `continuation_bits`, the one without (`more`), or the first one that "
                   "is shorter than the length can say (`full`).")
    ));
    table.push_back(bytes_key(
        "length.continuation_bits",
        [](auto& f) -> auto& { return f.length.continuation_bits; },
        "Bits of the field, as on the wire, such as \"hex:80000000\": set in the last part with "
        "`continuation: last`, in all others with `more`."
    ));
    table.push_back(count_key<Framing>(
        "length.parts",
        [](auto& f) -> auto& { return f.length.parts; },
        {1, codec::kMaxParts},
        at_restart("Maximum number of parts in a frame with `continuation`.")
    ));
}

}  // namespace

void add_length_framing_keys(Table<Framing>& table) {
    add_length_keys(table);
    add_length_literals(table);
    add_binary_length_keys(table);
    add_continuation_keys(table);
}

}  // namespace telex::config
