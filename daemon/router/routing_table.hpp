#pragma once
// The routing state of one reactor: its own subscriptions, and the interest and the members of
// queue groups of the other reactors (docs/adr/0001-routing-replicas.md).
//
//   subscribe/unsubscribe here --InterestChange--> apply on every other reactor
//   publish here: route() -> deliver here, forward once to each interested reactor
//   on that reactor: route_plain() for the plain subscribers, member_here() for members of groups
//
// A change takes time to reach the other reactors, so the chosen member of a forwarded message may
// have left: then route_group() chooses again on the receiving reactor.
//
// A route is a lease: while it lives, the table must not change and no second route can be obtained
// (asserted in debug builds). If a delivery makes a session unsubscribe or close, record that and
// apply it afterwards.
//
// A message with very many targets is routed in steps, and the table may change between them:
//
//   route (in_steps) -> begin_steps -> next_step, until RouteCursor::is_done -> end_steps
#include "base/result.hpp"
#include "base/short_bytes.hpp"
#include "match/match_cache.hpp"
#include "match/recent_hashes.hpp"
#include "match/subject_trie.hpp"
#include "router/filter_interest.hpp"
#include "router/interest_change.hpp"
#include "router/member_load.hpp"
#include "router/queue_group.hpp"
#include "router/route.hpp"
#include "router/route_builder.hpp"
#include "router/route_cursor.hpp"
#include "router/subscription.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace telex::router {

// A route, and the promise not to change the table while it is in use.
class [[nodiscard]] RouteLease {
public:
    RouteLease(const Route& route, bool& taken) : route_(&route), taken_(&taken) { *taken_ = true; }

    RouteLease(const RouteLease&) = delete;
    RouteLease& operator=(const RouteLease&) = delete;

    ~RouteLease() { *taken_ = false; }

    const Route* operator->() const { return route_; }

    const Route& operator*() const { return *route_; }

private:
    const Route* route_;
    bool* taken_;
};

// The change to announce to the other reactors, if any.
using SubscribeResult = Result<std::optional<InterestChange>, match::FilterError>;

// Owner and thread: one reactor. Subjects, filters and group names were validated by the session.
// Subscriptions must be unsubscribed before they or the table are destroyed.
class RoutingTable {
public:
    static constexpr std::size_t kDefaultCacheEntries = 4096;

    // `seed` is secret and random, and may be the same for all reactors.
    RoutingTable(
        ReactorIndex self, std::uint64_t seed, std::size_t cache_entries = kDefaultCacheEntries
    );
    ~RoutingTable();
    RoutingTable(const RoutingTable&) = delete;
    RoutingTable& operator=(const RoutingTable&) = delete;

    // Without `member` it is a plain subscription, with it a member of that group. On an error
    // nothing is registered.
    [[nodiscard]] SubscribeResult subscribe(
        Subscription& subscription, std::string_view filter, MemberLoadPtr member = nullptr
    );
    // No route contains the subscription from now on, and its subscriber may be destroyed. It must
    // still be unsubscribed. A member's connection must be leaving (ConnectionLoad::leave). Takes
    // the same time for each subscription.
    void retire(Subscription& subscription);
    // The subscription must be registered here.
    std::optional<InterestChange> unsubscribe(Subscription& subscription);
    // Applies a change announced by another reactor.
    void apply(ReactorIndex from, const InterestChange& change);

    // Routes a message published on this reactor. `publisher_key`: of the publishing connection, 0
    // for none. `bytes`: size of the message in a queue.
    RouteLease route(
        std::string_view subject,
        std::uint64_t publisher_key,
        std::size_t bytes,
        Division division = Division::never
    );

    // Whether route() would return the last route again: it had no group, and the table has not
    // changed.
    bool is_repeated(std::string_view subject, std::uint64_t publisher_key) const {
        return repeatable_ && publisher_key == last_publisher_ &&
               same_bytes(subject, last_subject_);
    }

    // Look-ups wait for memory, so that prefetch() is worth its instructions.
    bool is_large() const { return trie_.size() >= kLarge; }

    // A hint that messages to these subjects will be routed next. Changes nothing.
    void prefetch(std::span<const std::string_view> subjects) const { trie_.prefetch(subjects); }

    // Routes a message forwarded by another reactor to the plain subscribers here.
    RouteLease route_plain(
        std::string_view subject, std::uint64_t publisher_key, Division division = Division::never
    );
    // Routes to one group again, after the chosen member no longer accepts the message.
    RouteLease route_group(
        std::string_view subject,
        std::uint64_t publisher_key,
        std::string_view group,
        std::size_t bytes,
        GroupChoice choice
    );

    // The steps of a message with very many targets; those of route_plain(). The cursor stays until
    // end_steps().
    RouteCursor& begin_steps(
        std::string_view subject, std::uint64_t publisher_key, std::size_t bytes
    );
    RouteCursor& begin_plain_steps(std::string_view subject, std::uint64_t publisher_key);
    RouteLease next_step(RouteCursor& cursor);

    void end_steps(const RouteCursor& cursor) { cursors_.remove(cursor); }

    // Returns the chosen subscription of a message; null if it is retired or no longer registered.
    Subscription* member_here(const MemberLoad& member) const;
    // The member may accept messages again. Returns false if it is unknown.
    bool reopen(const MemberLoad& member);

    // Requires a registered subscription. Built from the trie.
    std::string filter_of(const Subscription& subscription) const;
    // Returns "" without a group.
    static std::string_view group_of(const Subscription& subscription);

    // Without those that are retired.
    std::size_t subscriptions() const { return subscriptions_ - retired_; }

    // Number of filters with local or remote subscribers.
    std::size_t filters() const { return trie_.size(); }

    // Memory of filters and members, taken from the allocator. The cache, of a fixed size, is
    // not counted.
    std::size_t memory_bytes() const;

private:
    // Filters, which take about a megabyte then.
    static constexpr std::size_t kLarge = 16'384;

    std::uint32_t add_plain(match::FilterRef filter, Subscription& subscription);
    std::uint32_t remove_plain(Subscription& subscription);
    void add_member(match::FilterRef filter, MemberLoadPtr load, Subscription* local);
    void remove_member(GroupMember& member);
    void set_remote_plain(match::FilterRef filter, ReactorIndex from, const InterestChange& change);
    FilterInterest& heap_form(match::FilterRef filter);
    GroupInterest& group_on(match::FilterRef filter, std::string_view name);
    void drop_if_empty(match::FilterRef filter, GroupInterest& group);
    void settle(match::FilterRef filter);
    void forget_cached(std::string_view filter_text, match::FilterRef filter);
    std::span<const match::FilterRef> match(std::string_view subject, std::size_t& visited);

    RouteLease in_steps() {
        repeatable_ = false;
        return {builder_.in_steps(), leased_};
    }

    // From the route that is being built.
    void drop_retired() {
        if (retired_ != 0) [[unlikely]] {
            builder_.drop_retired();
        }
    }

    ReactorIndex self_;
    match::SubjectTrie<InterestWord> trie_;
    match::MatchCache cache_;
    match::RecentHashes recent_;  // of subjects that were not in the cache
    GroupNames names_;
    // Of groups, on all reactors.
    using Members = std::unordered_map<const MemberLoad*, GroupMember>;
    Members members_;
    RouteBuilder builder_;
    RouteCursors cursors_;
    std::vector<match::FilterRef> found_;
    std::size_t subscriptions_ = 0;
    std::size_t retired_ = 0;       // of these
    std::size_t heap_forms_ = 0;    // filters with a FilterInterest
    std::size_t crowd_memory_ = 0;  // of all of them
    bool leased_ = false;
    // Whether a message like the last one takes the last route again, and that message.
    bool repeatable_ = false;
    std::uint64_t last_publisher_ = 0;
    std::string last_subject_;
};

}  // namespace telex::router
