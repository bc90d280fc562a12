#include "config/render/schema.hpp"

#include "config/keys/account_keys.hpp"
#include "config/keys/framing_keys.hpp"
#include "config/keys/listener_keys.hpp"
#include "config/keys/mapping.hpp"
#include "config/keys/server_keys.hpp"
#include "config/keys/stream_keys.hpp"
#include "config/keys/user_keys.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

namespace telex::config {

namespace {

using Json = nlohmann::ordered_json;

// Every value may be a text with a substitution.
Json or_substituted(Json type) {
    return {{"anyOf", {std::move(type), {{"type", "string"}, {"pattern", "\\$\\{"}}}}};
}

Json text_or_number() {
    return {{"type", {"string", "number"}}};
}

Json number_from(std::int64_t min, std::uint64_t max) {
    return {
        {"anyOf", {{{"type", "integer"}, {"minimum", min}, {"maximum", max}}, {{"type", "string"}}}}
    };
}

Json reference_to(std::string_view definition) {
    return {{"$ref", fmt::format("#/$defs/{}", definition)}};
}

// YAML reads unquoted words such as 1.2 and off as numbers and booleans.
void add_word(Json& words, std::string_view word) {
    words.push_back(std::string(word));
    if (word == "off") {
        words.push_back(false);
    } else if (const Json number = Json::parse(word, nullptr, false); number.is_number()) {
        words.push_back(number);
    }
}

struct SchemaOf {
    Json operator()(const CountKind& kind) const {
        return number_from(static_cast<std::int64_t>(kind.range.min), kind.range.max);
    }

    Json operator()(const IntegerKind& kind) const {
        return number_from(kind.min, static_cast<std::uint64_t>(kind.max));
    }

    Json operator()(const SizeKind&) const { return {{"type", "string"}}; }

    Json operator()(const DurationKind& kind) const {
        Json words = Json::array();
        if (!kind.word.empty()) {
            add_word(words, kind.word);
        }
        if (kind.range.min == 0) {
            words.push_back(0);  // needs no unit
        }
        Json text = {{"type", "string"}};
        return words.empty() ? text
                             : Json{{"anyOf", {std::move(text), {{"enum", std::move(words)}}}}};
    }

    Json operator()(const BooleanKind&) const { return or_substituted({{"type", "boolean"}}); }

    Json operator()(const ChoiceKind& kind) const {
        Json words = Json::array();
        for (const std::string_view word : kind.words) {
            add_word(words, word);
        }
        return or_substituted({{"enum", std::move(words)}});
    }

    Json operator()(const ListKind& kind) const {
        Json list = {{"type", "array"}, {"minItems", kind.min_items}, {"items", text_or_number()}};
        return {{"anyOf", {text_or_number(), std::move(list)}}};
    }

    Json operator()(const EntriesKind& kind) const {
        if (kind.is_mapping) {
            return {{"type", "object"}, {"additionalProperties", reference_to(kind.entry)}};
        }
        return {{"type", "array"}, {"minItems", 1}, {"items", reference_to(kind.entry)}};
    }

    Json operator()(const NameOrMappingKind& kind) const {
        return {{"anyOf", {{{"type", "string"}}, reference_to(kind.entry)}}};
    }

    // A text without a type in JSON.
    template <class Other>
    Json operator()(const Other& /*kind*/) const {
        return text_or_number();
    }
};

template <class Owner>
Json object_of(const Table<Owner>& table, std::string_view section = {}) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const Key<Owner>& key : table) {
        if (section_of(key.facts.path) != section) {
            continue;
        }
        const std::string leaf(leaf_of(key.facts.path));
        Json row = key.facts.is_section() ? object_of(table, key.facts.path)
                                          : std::visit(SchemaOf{}, key.facts.kind);
        row["description"] = std::string(key.facts.about.doc);
        properties[leaf] = std::move(row);
        if (key.facts.about.required) {
            required.push_back(leaf);
        }
    }
    Json object = {
        {"type", required.empty() ? Json{"object", "null"} : Json("object")},
        {"additionalProperties", false},
        {"properties", std::move(properties)},
    };
    if (!required.empty()) {
        object["required"] = std::move(required);
    }
    return object;
}

}  // namespace

std::string json_schema() {
    Json schema = {
        {"$schema", "https://json-schema.org/draft/2020-12/schema"},
        {"title", "telexd.yaml"},
    };
    schema.update(object_of(server_keys()));
    schema["$defs"] = {
        {"listener", object_of(listener_keys())},
        {"user", object_of(user_keys())},
        {"account", object_of(account_keys())},
        {"import", object_of(import_keys())},
        {"stream", object_of(stream_keys())},
        {"framing", object_of(framing_keys())},
    };
    return schema.dump(2) + "\n";
}

}  // namespace telex::config
