#include "config/keys/kind.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace telex::config {

namespace {

std::string with_word(std::string text, std::string_view word) {
    return word.empty() ? text : fmt::format("{} or {}", text, word);
}

std::string with_article(std::string_view type) {
    const bool vowel = std::string_view("aeio").find(type.front()) != std::string_view::npos;
    return fmt::format("{} {}", vowel ? "an" : "a", type);
}

struct TypeOf {
    std::string operator()(const SectionKind&) const { return "section"; }

    std::string operator()(const SizeKind&) const { return "size"; }

    std::string operator()(const CountKind&) const { return "number"; }

    std::string operator()(const IntegerKind&) const { return "number"; }

    std::string operator()(const DurationKind&) const { return "duration"; }

    std::string operator()(const BooleanKind&) const { return "boolean"; }

    std::string operator()(const ChoiceKind&) const { return "choice"; }

    std::string operator()(const PermissionsKind&) const { return "permissions"; }

    std::string operator()(const BytesKind&) const { return "bytes"; }

    std::string operator()(const TextKind& kind) const { return std::string(kind.type); }

    std::string operator()(const ListKind& kind) const {
        return fmt::format("{} or list", kind.item.type);
    }

    std::string operator()(const EntriesKind& kind) const {
        return kind.is_mapping ? "mapping" : "list";
    }

    std::string operator()(const NameOrMappingKind&) const { return "name or mapping"; }
};

struct AllowedBy {
    std::string operator()(const SectionKind&) const { return {}; }

    std::string operator()(const SizeKind& kind) const {
        return fmt::format("{} to {}", format_size(kind.range.min), format_size(kind.range.max));
    }

    std::string operator()(const CountKind& kind) const {
        return with_word(fmt::format("{} to {}", kind.range.min, kind.range.max), kind.word);
    }

    std::string operator()(const IntegerKind& kind) const {
        return fmt::format("{} to {}", kind.min, kind.max);
    }

    std::string operator()(const DurationKind& kind) const {
        return with_word(
            fmt::format("{} to {}", kind.format(kind.range.min), kind.format(kind.range.max)),
            kind.word
        );
    }

    std::string operator()(const BooleanKind&) const { return "true, false"; }

    std::string operator()(const ChoiceKind& kind) const {
        return fmt::format("{}", fmt::join(kind.words, ", "));
    }

    std::string operator()(const PermissionsKind&) const { return R"("0000" to "0777")"; }

    std::string operator()(const BytesKind& kind) const {
        return fmt::format("1 to {} bytes", kind.max_size);
    }

    std::string operator()(const TextKind& kind) const { return std::string(kind.allowed); }

    std::string operator()(const ListKind& kind) const { return std::string(kind.item.allowed); }

    std::string operator()(const EntriesKind& kind) const {
        return fmt::format("one or more {}s", kind.entry);
    }

    std::string operator()(const NameOrMappingKind&) const { return "see below"; }
};

struct Describe {
    std::string operator()(const SectionKind&) const { return "a mapping of keys"; }

    std::string operator()(const BooleanKind&) const { return "true or false"; }

    std::string operator()(const ChoiceKind& kind) const {
        return fmt::format("one of {}", AllowedBy{}(kind));
    }

    std::string operator()(const PermissionsKind&) const {
        return R"(four octal digits from "0000" to "0777")";
    }

    std::string operator()(const BytesKind& kind) const {
        return fmt::format("a string of {}", AllowedBy{}(kind));
    }

    std::string operator()(const TextKind& kind) const { return with_article(kind.type); }

    std::string operator()(const ListKind& kind) const {
        return fmt::format("{} or a list", with_article(kind.item.type));
    }

    std::string operator()(const EntriesKind& kind) const {
        return kind.is_mapping ? fmt::format("a mapping of names to {}s", kind.entry)
                               : fmt::format("a list of {}s", kind.entry);
    }

    std::string operator()(const NameOrMappingKind& kind) const {
        return fmt::format("the name of a {} or a mapping", kind.entry);
    }

    // Those with a range.
    template <class Ranged>
    std::string operator()(const Ranged& kind) const {
        return fmt::format("a {} from {}", TypeOf{}(kind), AllowedBy{}(kind));
    }
};

struct Fits {
    const Node& node;

    bool operator()(const SectionKind&) const { return node.kind == Node::Kind::mapping; }

    bool operator()(const ListKind& kind) const {
        const bool is_list = node.kind == Node::Kind::list;
        return is_list ? node.items.size() >= kind.min_items : node.kind == Node::Kind::text;
    }

    bool operator()(const EntriesKind& kind) const {
        return kind.is_mapping ? node.kind == Node::Kind::mapping
                               : node.kind == Node::Kind::list && !node.items.empty();
    }

    bool operator()(const NameOrMappingKind&) const {
        return node.kind == Node::Kind::text || node.kind == Node::Kind::mapping;
    }

    template <class Single>
    bool operator()(const Single& /*kind*/) const {
        return node.kind == Node::Kind::text;
    }
};

}  // namespace

std::string type_of(const Kind& kind) {
    return std::visit(TypeOf{}, kind);
}

std::string allowed_by(const Kind& kind) {
    return std::visit(AllowedBy{}, kind);
}

std::string describe(const Kind& kind) {
    return std::visit(Describe{}, kind);
}

bool has_shape(const Node& node, const std::string& path, const Kind& kind, Reader& reader) {
    if (!reader.has_value(node, path)) {
        return false;
    }
    reader.expect(describe(kind));
    if (std::visit(Fits{node}, kind)) {
        return true;
    }
    const bool empty_list = node.kind == Node::Kind::list && node.items.empty();
    reader.error(
        node.at,
        path,
        fmt::format(
            "expected {}, found {}",
            describe(kind),
            empty_list ? "an empty list" : describe(node.kind)
        )
    );
    return false;
}

}  // namespace telex::config
