#pragma once
// Reads a mapping by the table of its keys.
#include "config/keys/key.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace telex::config {

// "limits" for "limits.max_frame", "" for "name".
inline std::string_view section_of(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    return path.substr(0, dot == std::string_view::npos ? 0 : dot);
}

inline std::string_view leaf_of(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

// Returns the key that the path names or lies in ("tokens[0]" lies in "tokens"), or null.
template <class Owner>
const KeyFacts* find_key(const Table<Owner>& table, std::string_view path) {
    while (true) {
        for (const Key<Owner>& key : table) {
            if (!key.facts.is_section() && key.facts.path == path) {
                return &key.facts;
            }
        }
        const std::size_t end = path.find_last_of(".[");
        if (end == std::string_view::npos) {
            return nullptr;
        }
        path = path.substr(0, end);
    }
}

template <class Owner>
void report_unknown(
    const Entry& entry,
    const Table<Owner>& table,
    std::string_view section,
    const std::string& path,
    Reader& reader
) {
    std::vector<std::string_view> allowed;
    std::vector<std::string_view> elsewhere;
    for (const Key<Owner>& key : table) {
        const bool here = section_of(key.facts.path) == section;
        if (here) {
            allowed.push_back(leaf_of(key.facts.path));
        } else if (!section_of(key.facts.path).empty()) {
            elsewhere.push_back(key.facts.path);
        }
    }
    reader.unknown_key(entry, path, allowed, elsewhere);
}

template <class Owner>
void require_keys(
    const Table<Owner>& table,
    const Node& node,
    const std::string& path,
    Reader& reader,
    std::string_view section
) {
    for (const Key<Owner>& key : table) {
        if (key.facts.about.required && section_of(key.facts.path) == section) {
            reader.require(node, path, leaf_of(key.facts.path));
        }
    }
}

// `path` is the node's in the file, `section` that of its keys in the table. An empty node is a
// mapping without keys.
template <class Owner>
void read_mapping(
    Owner& owner,
    const Table<Owner>& table,
    const Node& node,
    const std::string& path,
    Reader& reader,
    std::string_view section = {}
) {
    if (node.kind != Node::Kind::empty && !has_shape(node, path, SectionKind{}, reader)) {
        return;
    }
    for (const Entry& entry : node.entries) {
        const std::string key = join(section, entry.key);
        const auto row = std::find_if(table.begin(), table.end(), [&](const Key<Owner>& candidate) {
            return candidate.facts.path == key && leaf_of(key) == entry.key;
        });
        if (row == table.end()) {
            report_unknown(entry, table, section, path, reader);
            continue;
        }
        const std::string child = join(path, entry.key);
        reader.origins().set(child, entry.at, entry.value.at);
        if (row->facts.is_section()) {
            read_mapping(owner, table, entry.value, child, reader, key);
        } else if (has_shape(entry.value, child, row->facts.kind, reader)) {
            row->read(owner, entry.value, child, reader);
        }
    }
    require_keys(table, node, path, reader, section);
}

}  // namespace telex::config
