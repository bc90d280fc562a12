#include "config/keys/protocol_keys.hpp"

#include "protocols/registry/protocols.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

namespace telex::config {

namespace {

using Draft = ListenerDraft;

// Makes the key of one row; called with the row's kind of value.
struct KeyOfRow {
    const session::Protocol* protocol;
    const session::OptionRow* row;

    About about() const { return {row->doc, Reload::restart, {.declared = row->key}}; }

    // `read(node, path, reader)` returns the value or nothing, `format` writes it.
    template <class Option, class Read, class Format>
    Key<Draft> key(const Option& option, Kind kind, Read read, Format format) const {
        auto result = special<Draft>(
            row->key,
            std::move(kind),
            about(),
            [protocol = protocol,
             set = option.access.set,
             read](Draft& draft, const Node& node, const std::string& path, Reader& reader) {
                if (auto value = read(node, path, reader)) {
                    set(draft.protocol_options[protocol], *std::move(value));
                }
            }
        );
        result.show = [get = option.access.get, format](const Draft& draft) {
            const auto value = get(draft.options.session.protocol);
            return value ? std::string(format(*value)) : std::string();
        };
        return result;
    }

    Key<Draft> operator()(const session::TextOption& option) const {
        const auto read = [check = option.check](
                              const Node& node, const std::string& path, Reader& reader
                          ) -> std::optional<std::string> {
            auto text = reader.text(node, path);
            if (!text) {
                return std::nullopt;
            }
            if (const auto wrong = check(text->value)) {
                reader.error(node.at, path, fmt::format("{} {}", text->quoted, *wrong));
                return std::nullopt;
            }
            return std::move(text->value);
        };
        return key(
            option,
            TextKind{option.type, option.allowed},
            read,
            [](const std::string& text) { return text; }
        );
    }

    Key<Draft> operator()(const session::BytesOption& option) const {
        const auto read = [allowed = option.allowed, max = option.max](
                              const Node& node, const std::string& path, Reader& reader
                          ) -> std::optional<std::string> {
            auto bytes = reader.bytes(node, path);
            if (bytes && (bytes->empty() || bytes->size() > max)) {
                reader.error(
                    node.at,
                    path,
                    fmt::format("has {} bytes", bytes->size()),
                    fmt::format("expected {}", allowed)
                );
                return std::nullopt;
            }
            return bytes;
        };
        return key(option, TextKind{"bytes", option.allowed}, read, [](const std::string& bytes) {
            return bytes;
        });
    }

    Key<Draft> operator()(const session::FlagOption& option) const {
        return key(
            option,
            BooleanKind{},
            [](const Node& node, const std::string& path, Reader& reader) {
                return reader.boolean(node, path);
            },
            [](bool value) { return value ? "true" : "false"; }
        );
    }

    Key<Draft> operator()(const session::NumberOption& option) const {
        const Range range{option.min, option.max};
        return key(
            option,
            CountKind{range},
            [range](const Node& node, const std::string& path, Reader& reader) {
                return reader.count(node, path, range);
            },
            [](std::uint64_t value) { return fmt::format("{}", value); }
        );
    }

    Key<Draft> operator()(const session::DurationOption& option) const {
        const Range range{
            static_cast<std::uint64_t>(option.min.count()),
            static_cast<std::uint64_t>(option.max.count())
        };
        return key(
            option,
            duration_kind<std::chrono::milliseconds>(range),
            [range](const Node& node, const std::string& path, Reader& reader) {
                return reader.duration<std::chrono::milliseconds>(node, path, range);
            },
            [](std::chrono::milliseconds value) { return format_duration(value); }
        );
    }
};

// Another protocol has the key already: the value is read into the options of both, and shown from
// those of the listener's protocol.
void share_key(Key<Draft>& first, Key<Draft> second, const session::Protocol& protocol) {
    first.read = [one = first.read, other = std::move(second.read)](
                     Draft& draft, const Node& node, const std::string& path, Reader& reader
                 ) {
        one(draft, node, path, reader);
        if (reader.origins().good(path)) {
            other(draft, node, path, reader);
        }
    };
    first.show = [one = first.show, other = std::move(second.show), name = protocol.name](
                     const Draft& draft
                 ) { return draft.options.protocol == name ? other(draft) : one(draft); };
}

void add_or_share(Table<Draft>& table, Key<Draft> key, const session::Protocol& protocol) {
    const auto same = std::find_if(table.begin(), table.end(), [&](const Key<Draft>& known) {
        return known.facts.path == key.facts.path;
    });
    if (same == table.end()) {
        table.push_back(std::move(key));
    } else {
        share_key(*same, std::move(key), protocol);
    }
}

bool declares(const session::Protocol& protocol, std::string_view key) {
    if (protocol.option_rows == nullptr) {
        return false;
    }
    const auto rows = protocol.option_rows();
    return std::any_of(rows.begin(), rows.end(), [&](const session::OptionRow& row) {
        return row.key == key;
    });
}

}  // namespace

void add_protocol_keys(Table<ListenerDraft>& table) {
    for (const session::Protocol* protocol : session::protocols()) {
        if (protocol->option_rows == nullptr) {
            continue;
        }
        for (const session::OptionRow& row : protocol->option_rows()) {
            add_or_share(table, std::visit(KeyOfRow{protocol, &row}, row.value), *protocol);
        }
    }
}

bool applies_to(const Applies& applies, const session::Protocol& protocol) {
    if (!applies.declared.empty()) {
        return declares(protocol, applies.declared);
    }
    return applies.needs == nullptr || protocol.can.*applies.needs;
}

std::string protocols_with(const Applies& applies, bool applying) {
    std::vector<std::string_view> names;
    for (const session::Protocol* protocol : session::protocols()) {
        if (applies_to(applies, *protocol) == applying) {
            names.push_back(protocol->name);
        }
    }
    return enumerate(names, "and");
}

}  // namespace telex::config
