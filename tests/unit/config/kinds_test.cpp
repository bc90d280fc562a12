// Each key of each table, with values of the wrong type.
#include "config/keys/account_keys.hpp"
#include "config/keys/framing_keys.hpp"
#include "config/keys/listener_keys.hpp"
#include "config/keys/mapping.hpp"
#include "config/keys/server_keys.hpp"
#include "config/keys/user_keys.hpp"
#include "test_environment.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace telex::config {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::size_t kLine = 7;

// A key of one of the tables; `read` reads a mapping with the table.
struct AnyKey {
    std::string table;
    KeyFacts facts;
    std::function<void(const Node&, Reader&)> read;
};

template <class Owner>
void append(std::vector<AnyKey>& keys, std::string_view name, const Table<Owner>& table) {
    for (const Key<Owner>& key : table) {
        keys.push_back({std::string(name), key.facts, [&table](const Node& node, Reader& reader) {
                            Owner owner{};
                            read_mapping(owner, table, node, "top", reader);
                        }});
    }
}

std::vector<AnyKey> all_keys() {
    std::vector<AnyKey> keys;
    append(keys, "server", server_keys());
    append(keys, "listener", listener_keys());
    append(keys, "user", user_keys());
    append(keys, "account", account_keys());
    append(keys, "import", import_keys());
    append(keys, "framing", framing_keys());
    return keys;
}

Node text(std::string value) {
    return {Node::Kind::text, {kLine, 3}, std::move(value), {}, {}};
}

Node list(std::vector<Node> items) {
    return {Node::Kind::list, {kLine, 3}, {}, std::move(items), {}};
}

Node mapping(std::string key, Node value) {
    return {
        Node::Kind::mapping, {kLine, 3}, {}, {}, {{std::move(key), {kLine, 1}, std::move(value)}}
    };
}

Node wrong_mapping() {
    return mapping("unexpected", text("x"));
}

// {a: {b: value}} for "a.b".
Node at_path(std::string_view path, Node value) {
    for (; !path.empty(); path = section_of(path)) {
        value = mapping(std::string(leaf_of(path)), std::move(value));
    }
    return value;
}

// Returns the loader's errors of the key, without those of missing required keys.
std::vector<Diagnostic> errors_of(const AnyKey& key, Node value) {
    const Environment environment = fixed_environment();
    Report report("test", "");
    Origins origins;
    Reader reader(environment, report, origins);
    key.read(at_path(key.facts.path, std::move(value)), reader);
    std::vector<Diagnostic> errors = report.take();
    std::erase_if(errors, [](const Diagnostic& error) {
        return error.message.ends_with("required key is missing");
    });
    return errors;
}

void expect_wrong_shape(const AnyKey& key, Node value, std::string_view found) {
    const auto errors = errors_of(key, std::move(value));
    ASSERT_EQ(errors.size(), 1U) << key.table << ' ' << key.facts.path << render(errors);
    EXPECT_EQ(errors[0].at.line, kLine);
    EXPECT_EQ(
        errors[0].message,
        fmt::format(
            "{}: expected {}, found {}",
            join("top", key.facts.path),
            describe(key.facts.kind),
            found
        )
    );
}

// The shapes that a kind refuses, each with its name in the error.
struct WrongShapes {
    using Shapes = std::vector<std::pair<Node, std::string>>;

    Shapes operator()(const SectionKind&) const {
        return {{text("x"), "a single value"}, {list({text("x")}), "a list"}};
    }

    Shapes operator()(const ListKind& kind) const {
        Shapes shapes{{wrong_mapping(), "a mapping"}};
        if (kind.min_items > 0) {
            shapes.emplace_back(list({}), "an empty list");
        }
        return shapes;
    }

    Shapes operator()(const EntriesKind& kind) const {
        return kind.is_mapping ? (*this)(SectionKind{})
                               : Shapes{
                                     {text("x"), "a single value"},
                                     {wrong_mapping(), "a mapping"},
                                     {list({}), "an empty list"},
                                 };
    }

    Shapes operator()(const NameOrMappingKind&) const { return {{list({text("x")}), "a list"}}; }

    template <class Single>
    Shapes operator()(const Single&) const {
        return {{list({text("x")}), "a list"}, {wrong_mapping(), "a mapping"}};
    }
};

TEST(Kinds, RejectWrongShapes) {
    for (const AnyKey& key : all_keys()) {
        for (const auto& [value, found] : std::visit(WrongShapes{}, key.facts.kind)) {
            expect_wrong_shape(key, value, found);
        }
    }
}

TEST(Kinds, RejectEmptyValues) {
    for (const AnyKey& key : all_keys()) {
        if (key.facts.is_section()) {
            continue;
        }
        const auto errors = errors_of(key, Node{Node::Kind::empty, {kLine, 3}, {}, {}, {}});
        ASSERT_EQ(errors.size(), 1U) << key.facts.path;
        EXPECT_EQ(errors[0].at.line, kLine);
        EXPECT_EQ(
            errors[0].message,
            fmt::format("top.{}: has no value; set one or remove the key", key.facts.path)
        );
    }
}

// Texts that are not of the kind; nothing for kinds that take any text or check it by a rule.
struct WrongTexts {
    using Texts = std::vector<std::string>;

    Texts operator()(const SizeKind&) const { return {"plenty", "10", "-1B", "1M"}; }

    Texts operator()(const CountKind&) const { return {"many", "1.5", "-1", "99999999999999"}; }

    Texts operator()(const IntegerKind&) const { return {"many", "1.5", "99999999999999"}; }

    Texts operator()(const DurationKind&) const { return {"long", "10", "-1s", "1y"}; }

    Texts operator()(const BooleanKind&) const { return {"yes", "1", "True"}; }

    Texts operator()(const ChoiceKind&) const { return {"no-such-choice", ""}; }

    Texts operator()(const PermissionsKind&) const { return {"600", "0888", "rw"}; }

    template <class Other>
    Texts operator()(const Other&) const {
        return {};
    }
};

TEST(Kinds, RejectTextsOfAnotherType) {
    std::size_t checked = 0;
    for (const AnyKey& key : all_keys()) {
        for (const std::string& wrong : std::visit(WrongTexts{}, key.facts.kind)) {
            const auto errors = errors_of(key, text(wrong));
            ASSERT_EQ(errors.size(), 1U) << key.facts.path << ": " << wrong;
            EXPECT_EQ(errors[0].at.line, kLine);
            EXPECT_THAT(
                errors[0].message,
                AllOf(
                    HasSubstr(fmt::format("top.{}: ", key.facts.path)),
                    HasSubstr(fmt::format("'{}'", wrong))
                )
            );
            EXPECT_EQ(errors[0].hint, fmt::format("expected {}", describe(key.facts.kind)))
                << key.facts.path << ": " << wrong;
            ++checked;
        }
    }
    EXPECT_GT(checked, 150U);
}

TEST(Kinds, RejectWrongItemsOfLists) {
    for (const AnyKey& key : all_keys()) {
        if (!std::holds_alternative<ListKind>(key.facts.kind)) {
            continue;
        }
        const auto errors = errors_of(key, list({wrong_mapping()}));
        ASSERT_EQ(errors.size(), 1U) << key.facts.path;
        EXPECT_THAT(
            errors[0].message,
            AllOf(
                HasSubstr(fmt::format("top.{}[0]: expected a", key.facts.path)),
                HasSubstr("found a mapping")
            )
        );
    }
}

TEST(Kinds, AreDescribedInTheReference) {
    EXPECT_EQ(describe(SizeKind{{1, 1U << 20U}}), "a size from 1B to 1MiB");
    EXPECT_EQ(describe(CountKind{{1, 64}, "auto"}), "a number from 1 to 64 or auto");
    EXPECT_EQ(describe(ListKind{{"address"}}), "an address or a list");
    EXPECT_EQ(describe(EntriesKind{"user"}), "a list of users");
    EXPECT_EQ(type_of(ListKind{{"address"}}), "address or list");
    EXPECT_EQ(allowed_by(ChoiceKind{{"a", "b"}}), "a, b");
}

TEST(Kinds, EveryKeyHasADescription) {
    for (const AnyKey& key : all_keys()) {
        EXPECT_TRUE(key.facts.about.doc.ends_with('.')) << key.table << ' ' << key.facts.path;
    }
}

}  // namespace
}  // namespace telex::config
