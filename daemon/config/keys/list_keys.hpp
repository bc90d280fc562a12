#pragma once
// Rows of keys whose value is one text or a list of them.
#include "config/keys/key.hpp"
#include "wire/subject.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

namespace telex::config {

// A key with one text or a list of them. `take(owner, text)` says what is wrong with one.
template <class Owner, class Take>
Key<Owner> texts(
    std::string_view path, std::string_view type, std::string_view allowed, About about, Take take
) {
    const auto read_one =
        [=](Owner& owner, const Node& node, const std::string& where, Reader& reader) {
            const auto text = reader.text(node, where);
            if (!text) {
                return;
            }
            if (const auto problem = take(owner, *text)) {
                reader.error(node.at, where, *problem);
            }
        };
    return special<Owner>(
        path,
        std::string(type),
        std::string(allowed),
        about,
        [=](Owner& owner, const Node& node, const std::string& where, Reader& reader) {
            if (node.kind != Node::Kind::list) {
                read_one(owner, node, where, reader);
                return;
            }
            if (node.items.empty()) {
                reader.error(node.at, where, "is an empty list; remove the key or fill it");
            }
            for (std::size_t i = 0; i < node.items.size(); ++i) {
                const std::string place = item(where, i);
                reader.origins().set(place, node.items[i].at, node.items[i].at);
                read_one(owner, node.items[i], place, reader);
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
    return texts<Owner>(path, "filter or list", "filters", about, take);
}

}  // namespace telex::config
