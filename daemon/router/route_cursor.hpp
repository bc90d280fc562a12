#pragma once
// How far a message with very many targets has come in a routing table. Its route is found in
// steps, and the table may change between two of them.
//
// For each filter that matched at the beginning the cursor has two numbers: of its plain
// subscriptions, and of its groups, those at the beginning of the list are left. Steps take them
// from the end. The table reports what changes in these lists, so that each target that stays gets
// the message once:
//
//   - a plain subscription that comes is appended: it does not get the message
//   - one that goes leaves a hole, which an element from the end fills. It must not bring one that
//     has the message among those that are left: the last of those that are left fills the hole,
//     and the element from the end fills the place of that one
//   - groups are in the order of their names' addresses: the others are shifted. A group on several
//     filters is taken from all of them in the same step
//
// Owner: the routing table.
#include "match/subject_trie.hpp"
#include "router/filter_interest.hpp"
#include "router/reactor_set.hpp"
#include "router/route_builder.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <span>
#include <utility>
#include <vector>

namespace telex::router {

class RouteCursor {
public:
    using Trie = match::SubjectTrie<InterestWord>;

    // A filter, and how many of its targets are left.
    struct Place {
        match::FilterRef filter = 0;
        std::size_t plain = 0;
        std::size_t groups = 0;
    };

    // Whether a message to these filters has very many targets, and is routed in steps.
    static bool are_very_many(const Trie& trie, std::span<const match::FilterRef> filters);

    RouteCursor(
        const Trie& trie,
        std::span<const match::FilterRef> filters,
        std::uint64_t publisher_key,
        std::size_t bytes
    );

    // Leaves out groups, and subscribers on other reactors.
    void keep_plain_here();

    // Adds the next targets to the route, which was started for this message. The reactors with
    // plain subscribers are added by the first step.
    void take_step(const Trie& trie, RouteBuilder& builder);

    std::uint64_t publisher_key() const { return publisher_key_; }

    std::size_t bytes() const { return bytes_; }

    bool is_done() const { return places_.empty() && remote_plain_.empty(); }

    // The filter has left the table.
    void forget(match::FilterRef filter);
    // Returns null if nothing of the filter is left.
    Place* find(match::FilterRef filter);

private:
    void add(match::FilterRef filter, InterestWord word);
    void remove_empty();
    // Returns how much room is left in the step.
    std::size_t take_plain(const Trie& trie, RouteBuilder& builder, std::size_t room);
    void take_groups(const Trie& trie, RouteBuilder& builder, std::size_t room);
    void take_one_group(const Trie& trie, RouteBuilder& builder);

    std::uint64_t publisher_key_;
    std::size_t bytes_;
    std::vector<Place> places_;
    ReactorSet remote_plain_;
    std::uint64_t elsewhere_ = 0;
};

// The cursors of a table. Owner: the table.
class RouteCursors {
public:
    bool empty() const { return cursors_.empty(); }

    // Its address does not change.
    RouteCursor& add(RouteCursor cursor) { return cursors_.emplace_back(std::move(cursor)); }

    void remove(const RouteCursor& cursor);

    // Removes the element at `hole` from the plain subscriptions of the filter.
    void remove_plain(match::FilterRef filter, std::vector<Subscription*>& plain, std::size_t hole);
    // A group has come to this index of the filter's groups, or has left it.
    void group_added(match::FilterRef filter, std::size_t index);
    void group_removed(match::FilterRef filter, std::size_t index);
    void forget(match::FilterRef filter);

private:
    std::list<RouteCursor> cursors_;
    std::vector<std::size_t*> left_;  // scratch
};

}  // namespace telex::router
