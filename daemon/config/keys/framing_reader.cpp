// Turns a mapping of framing keys into a framing: the start from a preset, keys that depend on
// other keys, and defaults that do.
#include "base/suggest.hpp"
#include "codec/framing.hpp"
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

bool is_trimmed(const Framing& framing) {
    return is_length(framing) || framing.kind == FramingKind::syslog ||
           framing.kind == FramingKind::datagram;
}

constexpr std::array<Dependence, 10> kDependences{{
    {"length", is_length, "kind length"},
    {"length.order",
     [](const Framing& f) { return f.length.encoding == LengthEncoding::binary; },
     "a binary length"},
    {"length.canonical",
     [](const Framing& f) { return f.length.encoding != LengthEncoding::binary; },
     "a leb128 or decimal length"},
    {"length.terminator",
     [](const Framing& f) { return f.length.encoding == LengthEncoding::decimal; },
     "a decimal length"},
    {"delimiter", is_delimited, "kind delimiter or syslog"},
    {"size", [](const Framing& f) { return f.kind == FramingKind::fixed; }, "kind fixed"},
    {"stuffing", [](const Framing& f) { return f.kind == FramingKind::stuffed; }, "kind stuffed"},
    {"syslog_write", [](const Framing& f) { return f.kind == FramingKind::syslog; }, "kind syslog"},
    {"trim", is_trimmed, "kind length, syslog or datagram"},
    {"discard_budget",
     [](const Framing& f) { return f.oversize == codec::Oversize::discard; },
     "oversize discard"},
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

void settle_defaults(Framing& framing, const std::string& path, const Origins& origins) {
    const auto given = [&](std::string_view key) { return origins.given(join(path, key)); };
    if (given("length.encoding") && !given("length.width")) {
        framing.length.width = framing.length.encoding == LengthEncoding::binary   ? 4
                               : framing.length.encoding == LengthEncoding::leb128 ? 5
                                                                                   : 10;
    }
    if (given("delimiter.end") && !given("delimiter.write") && !framing.delimiter.ends.empty()) {
        framing.delimiter.write = framing.delimiter.ends.front();
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
