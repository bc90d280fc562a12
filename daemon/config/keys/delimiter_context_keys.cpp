// The keys of delimiters that do not count everywhere.
#include "config/keys/framing_rows.hpp"

namespace telex::config {

void add_delimiter_context_keys(Table<codec::Framing>& table) {
    using codec::Framing;
    table.push_back(count_key<Framing>(
        "delimiter.after",
        [](auto& f) -> auto& { return f.delimiter.after; },
        {0, 16},
        at_restart(
            "`kind: delimiter` with `keep`: number of bytes behind the delimiter that belong "
            "to the frame, such as a checksum. A written payload must include them."
        )
    ));
    table.push_back(bytes_key(
        "delimiter.quotes",
        [](auto& f) -> auto& { return f.delimiter.quotes; },
        "`kind: delimiter`: bytes, each of which begins and ends quoted content. A delimiter in it "
        "does not end the frame."
    ));
    table.push_back(bytes_key(
        "delimiter.escape",
        [](auto& f) -> auto& { return f.delimiter.escape; },
        "A byte within `quotes`: the one behind it does not end the quoted content.",
        BytesKind{1}
    ));
    table.push_back(bytes_key(
        "delimiter.brackets",
        [](auto& f) -> auto& { return f.delimiter.brackets; },
        "`kind: delimiter`: pairs of brackets, such as \"{}[]\". A delimiter between them does not "
        "end the frame. At most `nesting` are open."
    ));
}

}  // namespace telex::config
