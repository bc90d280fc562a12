#pragma once
// A YAML text as a tree of plain text with positions. The only user of the YAML library; its
// exceptions end here.
//
// Scalars stay text; their key determines their type, so that "no" is never silently false and
// "0660" never silently 432. The tree is built from the parser's events, because its nodes accept
// duplicate keys and lose positions. Rejected, each with its position: duplicate keys, anchors,
// aliases, merge keys, tags, second documents, nesting deeper than kMaxDepth, keys that are not
// text.
#include "config/parse/diagnostic.hpp"
#include "config/parse/report.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::config {

inline constexpr std::size_t kMaxDepth = 32;

struct Entry;

struct Node {
    enum class Kind : std::uint8_t {
        empty,  // no value, "~" or "null"
        text,
        list,
        mapping,
        refused,  // has an error that is already reported
    };

    Kind kind = Kind::empty;
    Position at;
    std::string text;
    std::vector<Node> items;     // list
    std::vector<Entry> entries;  // mapping, in the order of the file
};

struct Entry {
    std::string key;
    Position at;
    Node value;
};

// "a mapping", "a list", ...
std::string_view describe(Node::Kind kind);

// Returns nothing if there is no usable tree; the report then has an error. The report may have
// errors in either case.
[[nodiscard]] std::optional<Node> parse_yaml(std::string_view text, Report& report);

}  // namespace telex::config
