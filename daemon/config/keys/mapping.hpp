#pragma once
// Reads a mapping by the table of its keys.
#include "config/keys/key.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace telex::config {

// "limits" of "limits.max_frame", "" of "name".
inline std::string_view section_of(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    return path.substr(0, dot == std::string_view::npos ? 0 : dot);
}

inline std::string_view leaf_of(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    return dot == std::string_view::npos ? path : path.substr(dot + 1);
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

// `path` is where the node stands in the file, `section` where its keys are in the table.
template <class Owner>
void read_mapping(
    Owner& owner,
    const Table<Owner>& table,
    const Node& node,
    const std::string& path,
    Reader& reader,
    std::string_view section = {}
) {
    if (!reader.is_mapping(node, path)) {
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
        if (row->facts.section) {
            read_mapping(owner, table, entry.value, child, reader, key);
        } else {
            row->read(owner, entry.value, child, reader);
        }
    }
}

}  // namespace telex::config
