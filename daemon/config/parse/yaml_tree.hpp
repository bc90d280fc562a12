#pragma once
// A YAML text as a tree of plain text with positions: the only place that knows the YAML library.
//
// Scalars stay text; what type they have is decided by the key that they belong to, so that "no" is
// never silently false and "0660" never silently 432. The parser's events are used instead of its
// nodes because these accept duplicate keys and lose where things stood. Refused, each with its
// position: duplicate keys, anchors, aliases, merge keys, tags, second documents, nesting deeper
// than kMaxDepth, keys that are not text.
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
        empty,  // nothing, "~" or "null"
        text,
        list,
        mapping,
        refused,  // was reported already; stands for anything
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

// Nothing when there is no tree to go on with; the report then has an error. Otherwise the report
// may have errors, too.
[[nodiscard]] std::optional<Node> parse_yaml(std::string_view text, Report& report);

}  // namespace telex::config
