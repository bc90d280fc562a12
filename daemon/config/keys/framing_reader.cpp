// Turns a mapping of framing keys into a framing: the start from a preset, keys that depend on
// other keys, and defaults that do.
#include "base/suggest.hpp"
#include "codec/discard.hpp"
#include "codec/framing.hpp"
#include "codec/length_head.hpp"
#include "config/keys/framing_keys.hpp"
#include "config/keys/mapping.hpp"
#include "config/parse/value_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace telex::config {

namespace {

using codec::Framing;
using codec::FramingKind;
using codec::LengthEncoding;

// A key that has an effect only if `used` holds.
struct Dependence {
    std::string_view key;
    bool (*used)(const Framing&);
    std::string_view where;
};

bool is_length(const Framing& framing) {
    return framing.kind == FramingKind::length;
}

bool is_delimited(const Framing& framing) {
    return framing.kind == FramingKind::delimiter || framing.kind == FramingKind::syslog;
}

// Not the lines of syslog. Without any delimiter, the section is refused as a whole.
bool is_only_delimited(const Framing& framing) {
    return framing.kind != FramingKind::syslog;
}

bool is_trimmed(const Framing& framing) {
    return is_length(framing) || framing.kind == FramingKind::syslog ||
           framing.kind == FramingKind::datagram;
}

bool has_digits(const Framing& framing) {
    return codec::has_digits(framing.length);
}

bool is_stuffed(const Framing& framing) {
    return framing.kind == FramingKind::stuffed;
}

bool is_value(const Framing& framing) {
    return framing.kind == FramingKind::value;
}

bool is_binary(const Framing& framing) {
    return framing.length.encoding == LengthEncoding::binary;
}

constexpr std::array<Dependence, 34> kDependences{{
    {"length", is_length, "kind length"},
    {"length.order", is_binary, "a binary length"},
    {"length.head_size", is_binary, "a binary length"},
    {"length.mask", is_binary, "a binary length"},
    {"length.flags", is_binary, "a binary length"},
    {"length.unit", is_binary, "a binary length"},
    {"length.align", is_binary, "a binary length"},
    {"length.padding_at",
     [](const Framing& f) { return f.length.padding_width > 0; },
     "a length.padding_width of 1 or 2"},
    {"length.padding_width", is_binary, "a binary length"},
    {"length.continuation", is_binary, "a binary length"},
    {"length.continuation_bits",
     [](const Framing& f) {
         return f.length.continuation == codec::Continuation::last ||
                f.length.continuation == codec::Continuation::more;
     },
     "length.continuation last or more"},
    {"length.parts",
     [](const Framing& f) { return f.length.continuation != codec::Continuation::none; },
     "length.continuation last, more or full"},
    {"length.canonical",
     [](const Framing& f) {
         return f.length.encoding != LengthEncoding::binary &&
                f.length.encoding != LengthEncoding::bcd;
     },
     "a leb128, ber, decimal or hex length"},
    {"length.terminator", has_digits, "a decimal or hex length"},
    {"delimiter", is_delimited, "kind delimiter or syslog"},
    {"delimiter.start", is_only_delimited, "kind delimiter"},
    {"delimiter.skip", is_only_delimited, "kind delimiter"},
    {"delimiter.after", is_only_delimited, "kind delimiter"},
    {"delimiter.quotes", is_only_delimited, "kind delimiter"},
    {"delimiter.escape",
     [](const Framing& f) { return !f.delimiter.quotes.empty(); },
     "delimiter.quotes"},
    {"delimiter.brackets", is_only_delimited, "kind delimiter"},
    {"idle", [](const Framing& f) { return f.kind == FramingKind::idle; }, "kind idle"},
    {"headers", [](const Framing& f) { return f.kind == FramingKind::headers; }, "kind headers"},
    {"format", is_value, "kind value"},
    {"nesting",
     [](const Framing& f) {
         return is_value(f) || (f.kind == FramingKind::delimiter && !f.delimiter.brackets.empty());
     },
     "kind value or delimiter.brackets"},
    {"size", [](const Framing& f) { return f.kind == FramingKind::fixed; }, "kind fixed"},
    {"stuffing", is_stuffed, "kind stuffed"},
    {"leading_end",
     [](const Framing& f) {
         return is_stuffed(f) &&
                (f.stuffing == codec::Stuffing::slip || f.stuffing == codec::Stuffing::hdlc);
     },
     "stuffing slip or hdlc"},
    {"dle",
     [](const Framing& f) { return is_stuffed(f) && f.stuffing == codec::Stuffing::dle; },
     "stuffing dle"},
    {"checksum",
     [](const Framing& f) { return is_stuffed(f) && f.stuffing == codec::Stuffing::hdlc; },
     "stuffing hdlc"},
    {"damaged",
     [](const Framing& f) { return is_stuffed(f) && f.stuffing != codec::Stuffing::dot; },
     "stuffing cobs, slip, hdlc or dle"},
    {"syslog_write", [](const Framing& f) { return f.kind == FramingKind::syslog; }, "kind syslog"},
    {"trim", is_trimmed, "kind length, syslog or datagram"},
    {"discard_budget", codec::discards, "oversize discard or damaged discard"},
}};

const Entry* find_entry(const Node& node, std::string_view key) {
    const auto found =
        std::find_if(node.entries.begin(), node.entries.end(), [&](const Entry& entry) {
            return entry.key == key;
        });
    return found == node.entries.end() ? nullptr : &*found;
}

// The framing that the keys change: the preset or, for a mapping with `kind`, custom_framing().
std::optional<Framing> starting_point(const Node& node, const std::string& path, Reader& reader) {
    const Entry* preset = find_entry(node, "preset");
    const Entry* kind = find_entry(node, "kind");
    if (preset == nullptr) {
        if (kind == nullptr) {
            reader.error(node.at, path, "requires 'preset' or 'kind'");
            return std::nullopt;
        }
        return custom_framing();
    }
    const std::string where = join(path, "preset");
    if (kind != nullptr) {
        reader.error(kind->at, join(path, "kind"), "excludes 'preset', which determines the kind");
        return std::nullopt;
    }
    const auto name = reader.text(preset->value, where);
    if (!name) {
        return std::nullopt;
    }
    auto framing = named_preset(name->value);
    if (!framing) {
        reader.error(preset->value.at, where, framing.error());
        return std::nullopt;
    }
    return *std::move(framing);
}

std::uint8_t default_width(LengthEncoding encoding) {
    switch (encoding) {
        case LengthEncoding::binary:
        case LengthEncoding::ber:
            return 4;
        case LengthEncoding::leb128:
            return 5;
        case LengthEncoding::decimal:
            return 10;
        case LengthEncoding::hex:
            return 8;
        case LengthEncoding::bcd:
            break;
    }
    return 2;
}

// Digits end at their terminator, or after a number of them that the operator knows.
bool digits_end(const Framing& framing, const std::string& path, const Origins& origins) {
    return !is_length(framing) || !has_digits(framing) || !framing.length.terminator.empty() ||
           origins.given(join(path, "length.width"));
}

void settle_defaults(Framing& framing, const std::string& path, const Origins& origins) {
    const auto given = [&](std::string_view key) { return origins.given(join(path, key)); };
    if (given("length.encoding") && !given("length.width")) {
        framing.length.width = default_width(framing.length.encoding);
    }
    if (given("length.head") && !given("length.at")) {
        framing.length.at = static_cast<std::uint16_t>(framing.length.head.size());
    }
    if (given("delimiter.end") && !given("delimiter.write") && !framing.delimiter.ends.empty()) {
        framing.delimiter.write = framing.delimiter.ends.front();
    }
    if (framing.headers.keep_head && !given("headers.write_head")) {
        framing.headers.write_head.clear();  // of the preset
    }
    if (!given("max_frame")) {
        framing.max_frame_bytes = codec::default_max_frame_bytes(framing);
    }
}

bool check_dependences(const Framing& framing, const std::string& path, Reader& reader) {
    bool good = true;
    for (const Dependence& dependence : kDependences) {
        const std::string where = join(path, dependence.key);
        const bool section_unused = dependence.key.starts_with("length.") && !is_length(framing);
        if (reader.origins().given(where) && !section_unused && !dependence.used(framing)) {
            reader.error(
                reader.origins().key_of(where),
                where,
                fmt::format("has no effect here; it applies to {}", dependence.where)
            );
            good = false;
        }
    }
    return good;
}

bool all_good(const std::string& path, const Origins& origins) {
    return std::all_of(framing_keys().begin(), framing_keys().end(), [&](const Key<Framing>& key) {
        return origins.good(join(path, key.facts.path));
    });
}

}  // namespace

Framing custom_framing() {
    Framing framing;
    framing.length.encoding = LengthEncoding::binary;
    framing.length.width = 4;
    return framing;
}

std::optional<Framing> read_framing(const Node& node, const std::string& path, Reader& reader) {
    if (!has_shape(node, path, SectionKind{}, reader)) {
        return std::nullopt;
    }
    auto start = starting_point(node, path, reader);
    Framing framing = start.value_or(custom_framing());
    const std::size_t errors = reader.report().errors();
    read_mapping(framing, framing_keys(), node, path, reader);
    if (!start || reader.report().errors() != errors || !all_good(path, reader.origins())) {
        return std::nullopt;
    }
    if (framing.kind == FramingKind::fixed && framing.fixed_bytes == 0) {
        reader.error(node.at, path, "kind fixed requires 'size'");
        return std::nullopt;
    }
    if (!digits_end(framing, path, reader.origins())) {
        reader.error(
            node.at,
            path,
            "a decimal or hex length requires 'length.terminator', which ends its digits, or "
            "'length.width', their fixed number"
        );
        return std::nullopt;
    }
    settle_defaults(framing, path, reader.origins());
    if (!check_dependences(framing, path, reader)) {
        return std::nullopt;
    }
    if (const auto error = codec::validate(framing)) {
        reader.origins().fail(path);
        section_error(path, path, *error, reader.origins(), reader.report());
        return std::nullopt;
    }
    return framing;
}

Result<Framing, std::string> named_preset(
    std::string_view name, std::span<const std::string_view> more
) {
    auto framing = codec::parse_preset(name);
    if (framing) {
        return framing;
    }
    std::vector<std::string_view> names(more.begin(), more.end());
    for (const codec::PresetInfo& preset : codec::presets()) {
        if (!name.starts_with("fixed:")) {
            names.push_back(preset.name);
        }
    }
    return unexpected(fmt::format("{}{}", framing.error(), did_you_mean(name, names)));
}

}  // namespace telex::config
