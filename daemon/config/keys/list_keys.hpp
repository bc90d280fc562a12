#pragma once
// Rows of keys whose value is one text or a list of them.
#include "config/keys/key.hpp"
#include "wire/subject.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

namespace telex::config {

// `take(owner, text)` stores one text, or returns what is wrong with it.
template <class Owner, class Take>
Key<Owner> texts(std::string_view path, TextKind kind, About about, Take take) {
    const auto read_one =
        [=](Owner& owner, const Node& node, const std::string& where, Reader& reader) {
            if (!has_shape(node, where, kind, reader)) {
                return;
            }
            const auto text = reader.text(node, where);
            if (!text) {
                return;
            }
            if (const auto error = take(owner, *text)) {
                reader.error(node.at, where, *error);
            }
        };
    return special<Owner>(
        path,
        ListKind{kind},
        about,
        [=](Owner& owner, const Node& node, const std::string& where, Reader& reader) {
            if (node.kind != Node::Kind::list) {
                read_one(owner, node, where, reader);
                return;
            }
            for (std::size_t i = 0; i < node.items.size(); ++i) {
                const std::string element = item(where, i);
                reader.origins().set(element, node.items[i].at, node.items[i].at);
                read_one(owner, node.items[i], element, reader);
            }
        }
    );
}

template <class Owner, class Access>
Key<Owner> filters(std::string_view path, Access access, About about) {
    const auto take = [=](Owner& owner, const Text& text) -> std::optional<std::string> {
        if (const auto wrong = wire::check_filter(text.value)) {
            return fmt::format("{} is not a filter: it {}", text.quoted, wire::text_of(*wrong));
        }
        access(owner).push_back(text.value);
        return std::nullopt;
    };
    return texts<Owner>(path, TextKind{"filter", "filters"}, about, take);
}

}  // namespace telex::config
