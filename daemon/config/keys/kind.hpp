#pragma once
// The kinds of values. The row of a key names its kind once; what the file may hold, the errors for
// a wrong type, the reference and the JSON Schema follow from it.
#include "config/parse/reader.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace telex::config {

// Holds other keys.
struct SectionKind {};

struct SizeKind {
    Range range;
};

struct CountKind {
    Range range;
    std::string_view word = {};  // accepted in place of a number
};

struct IntegerKind {
    std::int64_t min = 0;
    std::int64_t max = 0;
};

struct DurationKind {
    Range range;  // in ticks of the unit
    std::string (*format)(std::uint64_t ticks) = format_ticks<std::chrono::milliseconds>;
    std::string_view word = {};  // accepted in place of a duration
};

struct BooleanKind {};

struct ChoiceKind {
    std::vector<std::string_view> words;
};

// Permission bits of a file.
struct PermissionsKind {};

inline constexpr std::string_view kSocketFileMode = "0600";  // of a socket file without `mode`

// One byte string.
struct BytesKind {
    std::size_t max_size = 16;
};

// One text that the row checks further.
struct TextKind {
    std::string_view type;  // "absolute path"
    std::string_view allowed = {};
};

inline constexpr TextKind kNameKind{"name", "1 to 64 letters, digits, `-`, `_`"};

// One text or a list of them.
struct ListKind {
    TextKind item;
    std::size_t min_items = 1;
};

// Entries that are mappings, with a table of keys.
struct EntriesKind {
    std::string_view entry;   // "listener"
    bool is_mapping = false;  // from a name to an entry; else a list
};

// A name, or a mapping with a table of keys.
struct NameOrMappingKind {
    std::string_view entry;  // "framing"
};

using Kind = std::variant<
    SectionKind,
    SizeKind,
    CountKind,
    IntegerKind,
    DurationKind,
    BooleanKind,
    ChoiceKind,
    PermissionsKind,
    BytesKind,
    TextKind,
    ListKind,
    EntriesKind,
    NameOrMappingKind>;

template <class Time>
DurationKind duration_kind(Range range) {
    return {range, format_ticks<Time>};
}

// One word for the reference: "size", "choice", "address or list".
std::string type_of(const Kind& kind);
// The values for the reference; empty if the type says it.
std::string allowed_by(const Kind& kind);
// For an error: "a size from 1B to 64MiB".
std::string describe(const Kind& kind);

// Returns false, and reports an error, if the value is empty or of another shape (single value,
// list, mapping) than its kind. The reader's errors about the value name the kind from now on.
bool has_shape(const Node& node, const std::string& path, const Kind& kind, Reader& reader);

}  // namespace telex::config
