#include "config/parse/yaml_tree.hpp"

#include "config/parse/text_checks.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>
#include <unordered_map>
#include <utility>

namespace telex::config {

namespace {

Position position_of(const YAML::Mark& mark) {
    if (mark.is_null()) {
        return {0, 0};
    }
    return {static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1};
}

// Builds the tree from the parser's events, with a stack of open lists and mappings. After an error
// that ends the tree it ignores all further events.
class TreeBuilder final : public YAML::EventHandler {
public:
    explicit TreeBuilder(Report& report) : report_(report) {}

    // Returns false after an error that ends the tree.
    bool usable() const { return usable_; }

    Node take_root() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (std::exchange(started_, true)) {
            give_up(position_of(mark), "second document; a configuration has one");
        }
    }

    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        if (!usable_) {
            return;
        }
        Node node{Node::Kind::empty, position_of(mark), {}, {}, {}};
        check_anchor(node, anchor);
        complete(std::move(node));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
        if (!usable_) {
            return;
        }
        report_.error(position_of(mark), "aliases ('*name') are not allowed; write the value out");
        complete({Node::Kind::refused, position_of(mark), {}, {}, {}});
    }

    void OnScalar(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        const std::string& value
    ) override {
        if (!usable_) {
            return;
        }
        Node node{Node::Kind::text, position_of(mark), value, {}, {}};
        check_anchor(node, anchor);
        check_tag(node, tag);
        complete(std::move(node));
    }

    void OnSequenceStart(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value /*style*/
    ) override {
        open(Node::Kind::list, mark, tag, anchor);
    }

    void OnSequenceEnd() override { close(); }

    void OnMapStart(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value /*style*/
    ) override {
        open(Node::Kind::mapping, mark, tag, anchor);
    }

    void OnMapEnd() override { close(); }

private:
    struct Open {
        Node node;
        // Of a mapping: the keys so far with their lines, and the key whose value is next.
        std::unordered_map<std::string, std::size_t> key_lines;
        std::optional<Entry> key;
        // The key has an error: its value is dropped.
        bool drop_value = false;
    };

    void open(
        Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor
    ) {
        if (!usable_) {
            return;
        }
        Node node{kind, position_of(mark), {}, {}, {}};
        if (open_.size() >= kMaxDepth) {
            give_up(node.at, fmt::format("nested deeper than {} levels", kMaxDepth));
            return;
        }
        check_anchor(node, anchor);
        check_tag(node, tag);
        open_.push_back({std::move(node), {}, std::nullopt, false});
    }

    void give_up(Position at, std::string_view error) {
        if (std::exchange(usable_, false)) {
            report_.error(at, error);
        }
    }

    void close() {
        if (!usable_) {
            return;
        }
        Node node = std::move(open_.back().node);
        open_.pop_back();
        complete(std::move(node));
    }

    // Adds a complete value or key to the innermost open node.
    void complete(Node node) {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        if (parent.node.kind == Node::Kind::mapping) {
            parent.key ? add_value(parent, std::move(node)) : add_key(parent, node);
        } else {
            parent.node.items.push_back(std::move(node));
        }
    }

    void add_key(Open& parent, const Node& node) {
        parent.key = Entry{node.text, node.at, {}};
        parent.drop_value = true;
        if (node.kind == Node::Kind::refused) {
            return;
        }
        if (node.kind != Node::Kind::text) {
            report_.error(node.at, fmt::format("expected a key, found {}", describe(node.kind)));
        } else if (node.text == "<<") {
            report_.error(node.at, "merge keys ('<<') are not allowed; write the keys out");
        } else if (const auto [known, is_new] = parent.key_lines.emplace(node.text, node.at.line);
                   !is_new) {
            report_.error(
                node.at,
                fmt::format(
                    "duplicate key '{}'; first set in line {}", shown(node.text), known->second
                )
            );
        } else {
            parent.drop_value = false;
        }
    }

    static void add_value(Open& parent, Node node) {
        if (!parent.drop_value) {
            parent.key->value = std::move(node);
            parent.node.entries.push_back(*std::move(parent.key));
        }
        parent.key.reset();
    }

    void check_anchor(const Node& node, YAML::anchor_t anchor) {
        if (anchor != 0) {
            report_.error(node.at, "anchors ('&name') are not allowed; write the value out");
        }
    }

    // The parser's tags of plain and quoted text are "?" and "!".
    void check_tag(const Node& node, const std::string& tag) {
        if (!tag.empty() && tag != "?" && tag != "!") {
            report_.error(node.at, "tags ('!name') are not allowed; the key determines the type");
        }
    }

    Report& report_;
    Node root_;
    std::vector<Open> open_;
    bool started_ = false;
    bool usable_ = true;
};

std::string capitals_to_lower(std::string text) {
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') {
        text[0] = static_cast<char>(text[0] - 'A' + 'a');
    }
    return text;
}

}  // namespace

std::string_view describe(Node::Kind kind) {
    switch (kind) {
        case Node::Kind::empty:
            return "an empty value";
        case Node::Kind::text:
            return "a single value";
        case Node::Kind::list:
            return "a list";
        case Node::Kind::mapping:
            return "a mapping";
        case Node::Kind::refused:
            break;
    }
    return "refused";
}

std::optional<Node> parse_yaml(std::string_view text, Report& report) {
    if (!check_text(text, report)) {
        return std::nullopt;
    }
    TreeBuilder builder(report);
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        if (!parser.HandleNextDocument(builder)) {
            report.error({1, 1}, "the configuration is empty");
            return std::nullopt;
        }
        parser.HandleNextDocument(builder);
    } catch (const YAML::Exception& exception) {
        if (builder.usable()) {
            report.error(
                position_of(exception.mark),
                fmt::format("invalid YAML: {}", capitals_to_lower(exception.msg))
            );
        }
        return std::nullopt;
    }
    return builder.usable() ? std::optional(builder.take_root()) : std::nullopt;
}

}  // namespace telex::config
