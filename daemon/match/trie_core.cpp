#include "match/trie_core.hpp"

#include "base/prefetch.hpp"
#include "base/short_bytes.hpp"

#include <algorithm>
#include <array>

namespace telex::match {

namespace {

constexpr NodeIndex kRoot = 0;
// The root of the filters that begin with a wildcard and match reserved subjects.
constexpr NodeIndex kReservedRoot = 1;
constexpr NodeIndex kRoots = 2;
// Subjects whose nodes are loaded together.
constexpr std::size_t kNodesTogether = 16;

// A point from which a walk continues: a node and the index of the next token.
struct Branch {
    NodeIndex node;
    std::uint32_t depth;
};

bool is_star(const Token& token) {
    return token.length == 1 && *token.data == '*';
}

bool is_tail(const Token& token) {
    return token.length == 1 && *token.data == '>';
}

}  // namespace

TrieCore::TrieCore(const KeyedHash& hash) : hash_(hash) {
    nodes_.take();
    nodes_.take();
}

NodeIndex TrieCore::root_for(const Token& first, bool sees_reserved) const {
    return sees_reserved && (is_star(first) || is_tail(first)) ? kReservedRoot : kRoot;
}

NodeIndex TrieCore::find_child(NodeIndex parent, const Token& token) const {
    if (nodes_[parent].literal_children == 0) {
        return 0;
    }
    return edges_.find(edge_hash(parent, token.hash), [&](NodeIndex child) {
        const TrieNode& node = nodes_[child];
        return node.parent == parent && same_bytes(node.token.view(), token.text());
    });
}

NodeIndex TrieCore::find_step(NodeIndex parent, const Token& token) const {
    if (is_star(token)) {
        return nodes_[parent].star;
    }
    return is_tail(token) ? nodes_[parent].tail : find_child(parent, token);
}

NodeIndex TrieCore::add_step(NodeIndex parent, const Token& token) {
    const NodeIndex child = nodes_.take();
    TrieNode& node = nodes_[child];
    TrieNode& above = nodes_[parent];
    node.parent = parent;
    node.token.assign(token.text());
    heap_bytes_ += node.token.heap_bytes();
    if (is_star(token)) {
        above.star = child;
    } else if (is_tail(token)) {
        above.tail = child;
    } else {
        ++above.literal_children;
        edges_.insert(edge_hash(parent, token.hash), child);
    }
    return child;
}

Obtained TrieCore::obtain(std::string_view filter, bool sees_reserved) {
    const SubjectTokens tokens(filter, hash_);
    NodeIndex node = root_for(tokens[0], sees_reserved);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const NodeIndex next = find_step(node, tokens[i]);
        node = next != 0 ? next : add_step(node, tokens[i]);
    }
    const bool created = nodes_[node].is_filter == 0;
    if (created) {
        nodes_[node].is_filter = 1;
        ++filters_;
    }
    return {node, created};
}

FilterRef TrieCore::find(std::string_view filter, bool sees_reserved) const {
    const SubjectTokens tokens(filter, hash_);
    NodeIndex node = root_for(tokens[0], sees_reserved);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        node = find_step(node, tokens[i]);
        if (node == 0) {
            return 0;
        }
    }
    return nodes_[node].is_filter != 0 ? node : 0;
}

void TrieCore::erase(FilterRef filter) {
    nodes_[filter].is_filter = 0;
    nodes_[filter].value = 0;
    --filters_;
    prune(filter);
}

void TrieCore::prune(NodeIndex leaf) {
    while (leaf >= kRoots) {
        const TrieNode& node = nodes_[leaf];
        if (node.is_filter != 0 || node.literal_children != 0 || node.star != 0 || node.tail != 0) {
            return;
        }
        const NodeIndex parent = node.parent;
        heap_bytes_ -= node.token.heap_bytes();
        detach(leaf);
        nodes_.release(leaf);
        leaf = parent;
    }
}

void TrieCore::detach(NodeIndex child) {
    const NodeIndex parent = nodes_[child].parent;
    TrieNode& above = nodes_[parent];
    if (above.star == child) {
        above.star = 0;
    } else if (above.tail == child) {
        above.tail = 0;
    } else {
        --above.literal_children;
        edges_.erase(edge_hash(parent, hash_(nodes_[child].token.view())), child);
    }
}

std::string TrieCore::text_of(FilterRef filter) const {
    std::array<std::string_view, kMaxTokens> tokens;
    std::size_t count = 0;
    std::size_t bytes = 0;
    for (NodeIndex node = filter; node >= kRoots; node = nodes_[node].parent) {
        tokens[count++] = nodes_[node].token.view();
        bytes += nodes_[node].token.view().size() + 1;
    }
    std::string text;
    text.reserve(bytes);
    while (count > 0) {
        text.append(tokens[--count]);
        if (count > 0) {
            text.push_back('.');
        }
    }
    return text;
}

bool TrieCore::sees_reserved(FilterRef filter) const {
    NodeIndex node = filter;
    while (node >= kRoots) {
        node = nodes_[node].parent;
    }
    return node == kReservedRoot;
}

std::size_t TrieCore::match(std::string_view subject, std::vector<FilterRef>& found) const {
    const SubjectTokens tokens(subject, hash_);
    const bool reserved = !subject.empty() && subject.front() == '$';
    // Pending branches have strictly increasing depths: one per level is enough.
    std::array<Branch, kMaxTokens + 1> waiting;
    std::size_t count = 0;
    if (nodes_[kReservedRoot].star != 0 || nodes_[kReservedRoot].tail != 0) {
        waiting[count++] = {kReservedRoot, 0};
    }
    Branch at = {kRoot, 0};
    std::size_t visited = 0;
    for (;;) {
        const TrieNode& node = nodes_[at.node];
        NodeIndex next = 0;
        ++visited;
        if (at.depth < tokens.size()) {
            const bool hidden = reserved && at.node == kRoot;
            const NodeIndex star = hidden ? 0 : node.star;
            if (node.tail != 0 && !hidden) {
                found.push_back(node.tail);
            }
            next = find_child(at.node, tokens[at.depth]);
            if (next == 0) {
                next = star;
            } else if (star != 0) {
                waiting[count++] = {star, at.depth + 1};
            }
        } else if (node.is_filter != 0 && !tokens.truncated()) {
            found.push_back(at.node);
        }
        if (next != 0) {
            at = {next, at.depth + 1};
        } else if (count > 0) {
            at = waiting[--count];
        } else {
            return visited;
        }
    }
}

void TrieCore::prefetch(std::span<const std::string_view> subjects) const {
    std::array<Path, kNodesTogether> paths;
    for (; !subjects.empty();
         subjects = subjects.subspan(std::min(paths.size(), subjects.size()))) {
        const std::size_t count = std::min(paths.size(), subjects.size());
        for (std::size_t i = 0; i < count; ++i) {
            paths[i] = {kRoot, 0, subjects[i].data(), subjects[i].data() + subjects[i].size()};
        }
        for (std::size_t left = count; left > 0;) {
            left = prefetch_edges(std::span(paths).first(left));
            left = prefetch_nodes(std::span(paths).first(left));
        }
    }
}

// Both keep the paths that go on, in front, and return their number.
std::size_t TrieCore::prefetch_edges(std::span<Path> paths) const {
    std::size_t kept = 0;
    for (Path path : paths) {
        const char* const stop = SubjectTokens::find_dot(path.at, path.end);
        const std::string_view token(path.at, static_cast<std::size_t>(stop - path.at));
        path.edge = edge_hash(path.node, hash_(token));
        path.at = stop;
        edges_.prefetch(path.edge);
        paths[kept] = path;
        kept += nodes_[path.node].literal_children != 0 ? 1U : 0U;
    }
    return kept;
}

std::size_t TrieCore::prefetch_nodes(std::span<Path> paths) const {
    std::size_t kept = 0;
    for (Path path : paths) {
        path.node = edges_.guess(path.edge);
        prefetch_at(&nodes_[path.node]);
        const bool ended = path.node == 0 || path.at == path.end;
        path.at += ended ? 0 : 1;
        paths[kept] = path;
        kept += ended ? 0U : 1U;
    }
    return kept;
}

std::size_t TrieCore::memory_bytes() const {
    return nodes_.memory_bytes() + edges_.memory_bytes() + heap_bytes_;
}

}  // namespace telex::match
