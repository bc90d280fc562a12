#pragma once
// The tables of keys. A row says a key's path, kind, default and description, and how it is read;
// reading (mapping.hpp), the rules over several keys, the reference, the JSON Schema and what
// telexd prints about its configuration follow from it.
//
// The functions below make a row. `access` maps an owner, const or not, to the member that the row
// fills: [](auto& o) -> auto& { return o.backlog; }. The default is that member of a new owner.
#include "base/units.hpp"
#include "config/keys/kind.hpp"
#include "config/parse/reader.hpp"
#include "session/protocol.hpp"

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace telex::config {

// When a changed value takes effect: for new connections after a reload, or after a restart.
enum class Reload : std::uint8_t { hot, restart };

// Protocols to which a listener's key applies; with another one it is an error.
struct Applies {
    bool session::Capabilities::* needs = nullptr;  // those that can do this; null: all
    std::string_view declared{};                    // not empty: those that declare this key
};

struct About {
    std::string_view doc{};  // sentences for the reference
    Reload reload = Reload::hot;
    Applies applies{};
    // The default in words, where no value stands for it.
    std::string_view unset{};
    bool required = false;
    // Derived from a secret: not printed.
    bool hidden = false;
};

struct KeyFacts {
    std::string_view path;  // from the owner: "limits.max_frame"
    Kind kind;
    About about;

    bool is_section() const { return std::holds_alternative<SectionKind>(kind); }
};

template <class Owner>
struct Key {
    KeyFacts facts;
    // Called for a value that has the shape of the kind.
    std::function<void(Owner&, const Node&, const std::string& path, Reader&)> read;
    // Returns the value as a file holds it, About::unset if there is none.
    std::function<std::string(const Owner&)> show;
};

template <class Owner>
using Table = std::vector<Key<Owner>>;

template <class Value>
struct Word {
    std::string_view name;
    Value value;
};

template <class Member>
struct OptionalMember : std::false_type {
    using Value = Member;
};

template <class Inner>
struct OptionalMember<std::optional<Inner>> : std::true_type {
    using Value = Inner;
};

template <class Owner, class Access>
using MemberOf = std::remove_cvref_t<std::invoke_result_t<Access, Owner&>>;

template <class Owner, class Access>
using ValueOf = typename OptionalMember<MemberOf<Owner, Access>>::Value;

template <class Owner>
Key<Owner> section(std::string_view path, About about) {
    return {{path, SectionKind{}, about}, nullptr, nullptr};
}

// A key that `read` takes care of.
template <class Owner>
Key<Owner> special(
    std::string_view path,
    Kind kind,
    About about,
    std::type_identity_t<std::function<void(Owner&, const Node&, const std::string&, Reader&)>> read
) {
    return {{path, std::move(kind), about}, std::move(read), [about](const Owner&) {
                return std::string(about.unset);
            }};
}

// A key with one value. `read(node, path, reader)` returns it, or nothing after it reported an
// error; `format(value)` writes it as a file does.
template <class Owner, class Access, class Read, class Format>
Key<Owner> value_key(
    std::string_view path, Kind kind, Access access, About about, Read read, Format format
) {
    return {
        {path, std::move(kind), about},
        [=](Owner& owner, const Node& node, const std::string& where, Reader& reader) {
            if (auto value = read(node, where, reader)) {
                access(owner) = static_cast<ValueOf<Owner, Access>>(*std::move(value));
            }
        },
        [=](const Owner& owner) {
            const auto& member = access(owner);
            if constexpr (OptionalMember<MemberOf<Owner, Access>>::value) {
                return member ? std::string(format(*member)) : std::string(about.unset);
            } else {
                return std::string(format(member));
            }
        }
    };
}

template <class Owner, class Access>
Key<Owner> size_key(std::string_view path, Access access, Range range, About about) {
    return value_key<Owner>(
        path,
        SizeKind{range},
        access,
        about,
        [range](const Node& node, const std::string& where, Reader& reader) {
            return reader.size(node, where, range);
        },
        [](std::uint64_t bytes) { return format_size(bytes); }
    );
}

template <class Owner, class Access>
Key<Owner> count_key(std::string_view path, Access access, Range range, About about) {
    return value_key<Owner>(
        path,
        CountKind{range},
        access,
        about,
        [range](const Node& node, const std::string& where, Reader& reader) {
            return reader.count(node, where, range);
        },
        [](auto number) { return fmt::format("{}", number); }
    );
}

template <class Owner, class Access>
Key<Owner> integer_key(std::string_view path, Access access, IntegerKind kind, About about) {
    return value_key<Owner>(
        path,
        kind,
        access,
        about,
        [kind](const Node& node, const std::string& where, Reader& reader) {
            return reader.number(node, where, kind.min, kind.max);
        },
        [](auto number) { return fmt::format("{}", number); }
    );
}

// `range` is in ticks of the member's unit.
template <class Owner, class Access>
Key<Owner> duration_key(std::string_view path, Access access, Range range, About about) {
    using Time = ValueOf<Owner, Access>;
    return value_key<Owner>(
        path,
        duration_kind<Time>(range),
        access,
        about,
        [range](const Node& node, const std::string& where, Reader& reader) {
            return reader.duration<Time>(node, where, range);
        },
        TimeText<Time>::kFormat
    );
}

template <class Owner, class Access>
Key<Owner> boolean_key(std::string_view path, Access access, About about) {
    return value_key<Owner>(
        path,
        BooleanKind{},
        access,
        about,
        [](const Node& node, const std::string& where, Reader& reader) {
            return reader.boolean(node, where);
        },
        [](bool value) { return value ? "true" : "false"; }
    );
}

template <class Owner, class Access>
Key<Owner> permissions_key(std::string_view path, Access access, About about) {
    return value_key<Owner>(
        path,
        PermissionsKind{},
        access,
        about,
        [](const Node& node, const std::string& where, Reader& reader) {
            return reader.permissions(node, where);
        },
        [](auto bits) { return fmt::format("{:04o}", bits); }
    );
}

// `words` has elements with a name and a value, as Word.
template <class Owner, class Access, class Words>
Key<Owner> choice_key(std::string_view path, Access access, const Words& words, About about) {
    std::vector<std::string_view> names;
    names.reserve(std::size(words));
    for (const auto& word : words) {
        names.push_back(word.name);
    }
    return {
        {path, ChoiceKind{names}, about},
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

// Returns what is wrong with a text, to follow the quoted text in a sentence, or nothing.
using TextRule = std::optional<std::string> (*)(std::string_view text);

template <class Owner, class Access>
Key<Owner> text_key(
    std::string_view path, TextKind kind, Access access, TextRule rule, About about
) {
    return value_key<Owner>(
        path,
        kind,
        access,
        about,
        [rule](
            const Node& node, const std::string& where, Reader& reader
        ) -> std::optional<std::string> {
            auto text = reader.text(node, where);
            if (!text) {
                return std::nullopt;
            }
            if (const auto wrong = rule(text->value)) {
                reader.error(node.at, where, fmt::format("{} {}", text->quoted, *wrong));
                return std::nullopt;
            }
            return std::move(text->value);
        },
        [](const std::string& text) { return text; }
    );
}

}  // namespace telex::config
