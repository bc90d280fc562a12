#pragma once
// A configuration file of nats-server as a tree of plain text with positions. The key of a value
// determines its type.
#include "config/parse/diagnostic.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace telex::compat {

struct Place {
    std::size_t file = 0;  // index in ConfFile::names
    config::Position at;
    // In the first file: of the directive that includes the other one.
    config::Position in_first;
};

struct Member;

struct Value {
    enum class Kind : std::uint8_t { text, list, block };

    Kind kind = Kind::text;
    Place place;
    std::string text;
    std::vector<Value> items;     // list
    std::vector<Member> members;  // block, in the order of the file
};

struct Member {
    std::string key;  // in lower case: keys have no case
    Place place;
    Value value;
};

struct ConfFile {
    std::vector<std::string> names;  // of the file and the included ones
    Value root;                      // a block
    // Names that a `$NAME` in the file reads: keys with these names are definitions.
    std::set<std::string, std::less<>> variables;
};

// "a block", "a list" or "a value".
std::string_view describe(Value::Kind kind);

}  // namespace telex::compat
