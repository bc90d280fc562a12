// The keys of `kind: stuffed`.
#include "codec/framing_names.hpp"
#include "config/keys/framing_rows.hpp"

namespace telex::config {

void add_stuffed_framing_keys(Table<codec::Framing>& table) {
    using codec::Framing;
    table.push_back(choice_key<Framing>(
        "stuffing",
        [](auto& f) -> auto& { return f.stuffing; },
        codec::kStuffingNames,
        at_restart("`kind: stuffed`: encoding that keeps the end of a frame out of the content.")
    ));
    table.push_back(section<Framing>("dle", {"Bytes around the frames of `stuffing: dle`."}));
    table.push_back(bytes_key(
        "dle.start",
        [](auto& f) -> auto& { return f.dle.start; },
        "The byte that begins a frame, behind a DLE. \"\": none, and the payload follows the DLE.",
        BytesKind{1}
    ));
    table.push_back(bytes_key(
        "dle.end",
        [](auto& f) -> auto& { return f.dle.end; },
        "The byte that ends a frame, behind a DLE.",
        BytesKind{1}
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
        at_restart("`kind: stuffed`: whether a frame with a wrong escape or checksum, or a byte "
                   "between frames of `stuffing: dle`, closes the connection or is discarded.")
    ));
}

}  // namespace telex::config
