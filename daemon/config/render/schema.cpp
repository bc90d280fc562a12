#include "config/render/schema.hpp"

#include "config/keys/account_keys.hpp"
#include "config/keys/framing_keys.hpp"
#include "config/keys/listener_keys.hpp"
#include "config/keys/mapping.hpp"
#include "config/keys/server_keys.hpp"
#include "config/keys/user_keys.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace telex::config {

namespace {

using Json = nlohmann::ordered_json;

// Every value may be written as a text with something to substitute.
Json or_substituted(Json type) {
    return {{"anyOf", {std::move(type), {{"type", "string"}, {"pattern", "\\$\\{"}}}}};
}

Json words_of(std::string_view allowed) {
    Json words = Json::array();
    while (!allowed.empty()) {
        const std::size_t comma = std::min(allowed.find(", "), allowed.size());
        words.push_back(std::string(allowed.substr(0, comma)));
        allowed.remove_prefix(std::min(comma + 2, allowed.size()));
    }
    return words;
}

Json type_of(const KeyFacts& facts) {
    const std::string_view type = facts.type;
    if (type == "flag") {
        return or_substituted({{"type", "boolean"}});
    }
    if (type == "word" && facts.allowed != "see below") {
        return or_substituted({{"enum", words_of(facts.allowed)}});
    }
    if (type == "number") {
        return {{"type", {"number", "string"}}};
    }
    if (type == "name or mapping") {
        return {{"anyOf", {{{"type", "string"}}, {{"$ref", "#/$defs/framing"}}}}};
    }
    if (type.ends_with(" or list")) {
        const Json text = {{"type", {"string", "number"}}};
        const int fewest = facts.allowed.starts_with("0 to") ? 0 : 1;
        return {{"anyOf", {text, {{"type", "array"}, {"minItems", fewest}, {"items", text}}}}};
    }
    return {{"type", {"string", "number"}}};
}

template <class Owner>
Json object_of(const Table<Owner>& table, std::string_view section = {}) {
    Json properties = Json::object();
    for (const Key<Owner>& key : table) {
        if (section_of(key.facts.path) != section) {
            continue;
        }
        Json row = key.facts.section ? object_of(table, key.facts.path) : type_of(key.facts);
        row["description"] = std::string(key.facts.about.doc);
        properties[std::string(leaf_of(key.facts.path))] = std::move(row);
    }
    return {
        {"type", {"object", "null"}},
        {"additionalProperties", false},
        {"properties", std::move(properties)},
    };
}

Json list_of(std::string_view definition, std::string description) {
    return {
        {"type", "array"},
        {"minItems", 1},
        {"items", {{"$ref", "#/$defs/" + std::string(definition)}}},
        {"description", std::move(description)},
    };
}

void refine(Json& property, Json better) {
    better["description"] = property["description"];
    property = std::move(better);
}

}  // namespace

std::string json_schema() {
    Json schema = {
        {"$schema", "https://json-schema.org/draft/2020-12/schema"},
        {"title", "telexd.yaml"},
    };
    schema.update(object_of(server_keys()));
    schema["type"] = "object";
    Json& top = schema["properties"];
    refine(top["listeners"], list_of("listener", {}));
    refine(top["users"], list_of("user", {}));
    refine(top["accounts"], list_of("account", {}));
    refine(
        top["framings"],
        {{"type", "object"}, {"additionalProperties", {{"$ref", "#/$defs/framing"}}}}
    );
    schema["required"] = {"listeners"};
    Json listener = object_of(listener_keys());
    listener["required"] = {"name", "address"};
    Json user = object_of(user_keys());
    user["required"] = {"name"};
    Json account = object_of(account_keys());
    account["required"] = {"name"};
    if (account["properties"].contains("imports")) {
        refine(account["properties"]["imports"], list_of("import", {}));
    }
    schema["$defs"] = {
        {"listener", std::move(listener)},
        {"user", std::move(user)},
        {"account", std::move(account)},
        {"import", object_of(import_keys())},
        {"framing", object_of(framing_keys())},
    };
    return schema.dump(2) + "\n";
}

}  // namespace telex::config
