#pragma once
// The table of keys: one row per key says its path, type, range, default and meaning, and how it is
// read. The same rows drive reading (mapping.hpp), the rules that look at keys (validate.hpp) and
// the reference (reference.hpp), so that these cannot disagree.
//
// The functions below make a row. `access` maps an owner, const or not, to the member that the row
// fills: [](auto& o) -> auto& { return o.backlog; }. Its default is what a new owner has there.
#include "base/units.hpp"
#include "config/parse/reader.hpp"

#include <fmt/format.h>
#include <sys/types.h>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace telex::config {

// What a changed value asks of a running daemon: new connections follow it, or only a new start
// does.
enum class Reload : std::uint8_t { hot, restart };

// Protocols that a listener's key has a meaning for; elsewhere it is an error.
enum class Applies : std::uint8_t { always, frames, raw };

struct About {
    std::string_view doc;  // sentences for the reference
    Reload reload = Reload::hot;
    Applies applies = Applies::always;
};

struct KeyFacts {
    std::string_view path;  // from the owner: "limits.max_frame"
    std::string type;
    std::string allowed;  // empty: the type says it
    About about;
    bool section = false;  // holds other keys and is no value itself
};

template <class Owner>
struct Key {
    KeyFacts facts;
    std::function<void(Owner&, const Node&, const std::string& path, Reader&)> read;
    // The default as one would write it; empty for none.
    std::function<std::string(const Owner&)> show;
};

template <class Owner>
using Table = std::vector<Key<Owner>>;

template <class Value>
struct Word {
    std::string_view name;
    Value value;
};

template <class Owner>
Key<Owner> section(std::string_view path, About about) {
    return {{path, "section", {}, about, true}, nullptr, nullptr};
}

// A key that is read by other means than its row.
template <class Owner>
Key<Owner> special(
    std::string_view path,
    std::string type,
    std::string allowed,
    About about,
    std::type_identity_t<std::function<void(Owner&, const Node&, const std::string&, Reader&)>>
        read,
    std::string_view standard = {}
) {
    return {
        {path, std::move(type), std::move(allowed), about},
        std::move(read),
        [text = std::string(standard)](const Owner&) { return text; }
    };
}

template <class Owner, class Access>
Key<Owner> size_key(std::string_view path, Access access, Range range, About about) {
    using Member = std::remove_cvref_t<decltype(access(std::declval<Owner&>()))>;
    return {
        {path,
         "size",
         fmt::format("{} to {}", format_size(range.min), format_size(range.max)),
         about},
        [=](Owner& owner, const Node& node, const std::string& where, Reader& reader) {
            if (const auto value = reader.size(node, where, range)) {
                access(owner) = static_cast<Member>(*value);
            }
        },
        [=](const Owner& owner) { return format_size(access(owner)); }
    };
}

template <class Owner, class Access>
Key<Owner> count_key(std::string_view path, Access access, Range range, About about) {
    using Member = std::remove_cvref_t<decltype(access(std::declval<Owner&>()))>;
    return {
        {path, "number", fmt::format("{} to {}", range.min, range.max), about},
        [=](Owner& owner, const Node& node, const std::string& where, Reader& reader) {
            if (const auto value = reader.count(node, where, range)) {
                access(owner) = static_cast<Member>(*value);
            }
        },
        [=](const Owner& owner) { return fmt::format("{}", access(owner)); }
    };
}

// A time in the unit of its member; `range` in ticks of it.
template <class Owner, class Access>
Key<Owner> duration_key(std::string_view path, Access access, Range range, About about) {
    using Time = std::remove_cvref_t<decltype(access(std::declval<Owner&>()))>;
    return {
        {path,
         std::string(TimeText<Time>::kType),
         fmt::format("{} to {}", format_ticks<Time>(range.min), format_ticks<Time>(range.max)),
         about},
        [=](Owner& owner, const Node& node, const std::string& where, Reader& reader) {
            if (const auto value = reader.duration<Time>(node, where, range)) {
                access(owner) = *value;
            }
        },
        [=](const Owner& owner) { return TimeText<Time>::kFormat(access(owner)); }
    };
}

template <class Owner, class Access>
Key<Owner> flag_key(std::string_view path, Access access, About about) {
    return {
        {path, "flag", "true, false", about},
        [=](Owner& owner, const Node& node, const std::string& where, Reader& reader) {
            if (const auto value = reader.flag(node, where)) {
                access(owner) = *value;
            }
        },
        [=](const Owner& owner) { return std::string(access(owner) ? "true" : "false"); }
    };
}

// Of socket files; nothing: 0600.
template <class Owner, class Access>
Key<Owner> permissions_key(std::string_view path, Access access, About about) {
    return special<Owner>(
        path,
        "permission bits",
        "\"0000\" to \"0777\"",
        about,
        [=](Owner& owner, const Node& node, const std::string& where, Reader& reader) {
            if (const auto bits = reader.permissions(node, where)) {
                access(owner) = static_cast<mode_t>(*bits);
            }
        },
        "0600"
    );
}

// `words` is a constexpr array of Word or of anything else with a name and a value.
template <class Owner, class Access, class Words>
Key<Owner> word_key(std::string_view path, Access access, const Words& words, About about) {
    std::vector<std::string_view> names;
    names.reserve(std::size(words));
    for (const auto& word : words) {
        names.push_back(word.name);
    }
    const std::string allowed = fmt::format("{}", fmt::join(names, ", "));
    return {
        {path, "word", allowed, about},
        [=](Owner& owner, const Node& node, const std::string& where, Reader& reader) {
            if (const auto index = reader.word(node, where, names)) {
                access(owner) = words[*index].value;
            }
        },
        [=](const Owner& owner) {
            for (const auto& word : words) {
                if (word.value == access(owner)) {
                    return std::string(word.name);
                }
            }
            return std::string();
        }
    };
}

// The error of a text that the key cannot take, or nothing.
using TextRule = std::optional<std::string> (*)(std::string_view text);

template <class Owner, class Access>
Key<Owner> text_key(
    std::string_view path,
    Access access,
    std::string type,
    std::string allowed,
    TextRule rule,
    About about
) {
    return {
        {path, std::move(type), std::move(allowed), about},
        [=](Owner& owner, const Node& node, const std::string& where, Reader& reader) {
            auto text = reader.text(node, where);
            if (!text) {
                return;
            }
            if (const auto wrong = rule(text->value)) {
                reader.error(node.at, where, fmt::format("{} {}", text->quoted, *wrong));
                return;
            }
            access(owner) = std::move(text->value);
        },
        [=](const Owner& owner) {
            using Member = std::remove_cvref_t<decltype(access(owner))>;
            if constexpr (std::is_same_v<Member, std::string>) {
                return access(owner);
            } else {
                return access(owner).value_or("");
            }
        }
    };
}

}  // namespace telex::config
