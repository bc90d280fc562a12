#include "config/render/reference.hpp"

#include "codec/framing.hpp"
#include "config/keys/account_keys.hpp"
#include "config/keys/framing_keys.hpp"
#include "config/keys/listener_keys.hpp"
#include "config/keys/mapping.hpp"
#include "config/keys/protocol_keys.hpp"
#include "config/keys/server_keys.hpp"
#include "config/keys/stream_keys.hpp"
#include "config/keys/user_keys.hpp"
#include "config/render/reference_text.hpp"
#include "protocols/registry/protocols.hpp"

#include <fmt/format.h>

namespace telex::config {

namespace {

std::string table_cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c == '|' ? "\\|" : std::string(1, c);
    }
    return out;
}

// A default in code style or, if it has spaces, in words.
std::string default_of(std::string_view text) {
    const bool words = text.find(' ') != std::string_view::npos;
    return text.empty() || words ? std::string(text) : fmt::format("`{}`", text);
}

std::string doc_of(const About& about) {
    std::string doc = about.required ? "Required. " : "";
    doc += table_cell(about.doc);
    if (about.applies.needs != nullptr) {
        doc += fmt::format(" Not for {}.", protocols_with(about.applies, false));
    }
    if (about.reload == Reload::restart) {
        doc += " *Restart.*";
    }
    return doc;
}

template <class Owner>
std::string rows(const Table<Owner>& table, std::string_view section, const Owner& defaults) {
    std::string out = "\n| Key | Type | Allowed | Default | Description |\n|---|---|---|---|---|\n";
    for (const Key<Owner>& key : table) {
        const KeyFacts& facts = key.facts;
        if (section_of(facts.path) != section || facts.is_section()) {
            continue;
        }
        out += fmt::format(
            "| `{}` | {} | {} | {} | {} |\n",
            leaf_of(facts.path),
            type_of(facts.kind),
            table_cell(allowed_by(facts.kind)),
            default_of(key.show(defaults)),
            doc_of(facts.about)
        );
    }
    return out;
}

// One chapter per section of the table, with `prefix` before its name in the heading.
template <class Owner>
std::string chapters(const Table<Owner>& table, std::string_view prefix, const Owner& defaults) {
    std::string out;
    for (const Key<Owner>& key : table) {
        if (key.facts.is_section()) {
            out += fmt::format(
                "\n### `{}{}`\n\n{}\n", prefix, key.facts.path, table_cell(key.facts.about.doc)
            );
            out += rows(table, key.facts.path, defaults);
        }
    }
    return out;
}

std::string protocols() {
    const auto yes_or_no = [](bool value) { return value ? "yes" : "no"; };
    std::string out =
        "\n### Protocols\n\n| Protocol | Default framing | Pings | Reports errors | |\n"
        "|---|---|---|---|---|\n";
    for (const session::Protocol* protocol : session::protocols()) {
        out += fmt::format(
            "| `{}` | {} | {} | {} | {} |\n",
            protocol->name,
            protocol->has_own_framing() ? "its own"
                                        : fmt::format("`{}`", protocol->default_framing),
            yes_or_no(!protocol->can.may_be_silent),
            yes_or_no(protocol->can.reports_errors),
            table_cell(protocol->summary)
        );
    }
    return out;
}

std::string presets() {
    std::string out = "\n### Presets\n\n| Name | |\n|---|---|\n";
    for (const codec::PresetInfo& preset : codec::presets()) {
        out += fmt::format("| `{}` | {} |\n", preset.name, table_cell(preset.doc));
    }
    return out;
}

std::string top_level() {
    const ConfigDraft defaults;
    return "\n## Top level\n" + rows(server_keys(), "", defaults) +
           chapters(server_keys(), "", defaults);
}

std::string listeners() {
    const ListenerDraft defaults;
    return "\n## Listeners\n\nEach entry of `listeners`:\n" + rows(listener_keys(), "", defaults) +
           std::string(kAddressNote) + protocols() + std::string(kTemplateNote) +
           chapters(listener_keys(), "", defaults);
}

std::string users() {
    const access::User defaults;
    return "\n## Users\n\nEach entry of `users`; [security.md](security.md) has examples:\n" +
           rows(user_keys(), "", defaults) + chapters(user_keys(), "", defaults);
}

std::string accounts() {
    const AccountDraft defaults;
    const access::Account::Import import_defaults;
    return "\n## Accounts\n\nEach entry of `accounts`:\n" + rows(account_keys(), "", defaults) +
           chapters(account_keys(), "", defaults) + "\nEach entry of `imports`:\n" +
           rows(import_keys(), "", import_defaults);
}

std::string streams_chapter() {
    const StreamEntry defaults;
    return "\n## Streams\n\nEach entry of `streams`:\n" + rows(stream_keys(), "", defaults);
}

std::string framings() {
    const codec::Framing defaults = custom_framing();
    return "\n## Framings\n\nA listener's `framing` is the name of a preset, the name of an entry "
           "of "
           "`framings`, or a mapping of\nthe keys below. Each entry of `framings` is such a "
           "mapping. It starts from `preset`, or from `kind`\nand the defaults below.\n" +
           presets() + "\n### Keys\n" + rows(framing_keys(), "", defaults) +
           chapters(framing_keys(), "", defaults);
}

}  // namespace

std::string reference_markdown() {
    return std::string(kReferenceIntroduction) + top_level() + listeners() + users() + accounts() +
           streams_chapter() + framings();
}

}  // namespace telex::config
