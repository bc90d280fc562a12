#include "router/routing_table.hpp"

#include "base/allocated.hpp"

#include <bit>
#include <cassert>
#include <utility>

namespace telex::router {

using match::FilterRef;

namespace {

void append(std::vector<Subscription*>& list, Subscription& coming) {
    coming.position = static_cast<std::uint32_t>(list.size());
    list.push_back(&coming);
}

}  // namespace

RoutingTable::RoutingTable(ReactorIndex self, std::uint64_t seed, std::size_t cache_entries)
    : self_(self),
      trie_(seed),
      cache_(cache_entries, seed),
      recent_(cache_entries),
      names_(seed),
      // A different sequence on each reactor.
      builder_(self, seed ^ (std::uint64_t{self} + 1)) {
    assert(self < kMaxReactors);
}

RoutingTable::~RoutingTable() {
    assert(subscriptions_ == 0 && !leased_);
    trie_.for_each([](FilterRef, InterestWord word) {
        if (word.kind() == InterestWord::Kind::heap) {
            delete &word.interest();
        }
    });
}

SubscribeResult RoutingTable::subscribe(
    Subscription& subscription, std::string_view filter, MemberLoadPtr member
) {
    assert(!leased_ && !subscription.registered());
    repeatable_ = false;
    const auto obtained = trie_.obtain(filter, subscription.sees_reserved);
    if (!obtained) {
        return unexpected(obtained.error());
    }
    if (obtained->created) {
        forget_cached(filter, obtained->filter);
    }
    subscription.filter = obtained->filter;
    ++subscriptions_;
    InterestChange change{
        std::string(filter), trie_.sees_reserved(obtained->filter), std::move(member), true
    };
    if (change.member) {
        add_member(obtained->filter, change.member, &subscription);
        return change;
    }
    const std::uint32_t subscribers = add_plain(obtained->filter, subscription);
    if (subscribers > 1 && !is_milestone(subscribers)) {
        return std::nullopt;
    }
    change.more = beyond_the_first(subscribers);
    return change;
}

void RoutingTable::retire(Subscription& subscription) {
    assert(!leased_ && subscription.registered() && !subscription.retired);
    repeatable_ = false;
    ++retired_;
    subscription.retired = true;
    subscription.subscriber = nullptr;
    subscription.no_echo = false;  // the builder would ask for the subscriber
    if (GroupMember* const member = subscription.group_member; member != nullptr) {
        assert(member->load->connection().is_leaving());
        member->local = nullptr;
        member->group->close(*member);
    }
}

std::optional<InterestChange> RoutingTable::unsubscribe(Subscription& subscription) {
    assert(!leased_ && subscription.registered());
    repeatable_ = false;
    const FilterRef filter = subscription.filter;
    InterestChange change;
    bool tell = true;
    if (subscription.group_member != nullptr) {
        change.member = subscription.group_member->load;
        remove_member(*subscription.group_member);
        subscription.group_member = nullptr;
    } else {
        const std::uint32_t left = remove_plain(subscription);
        tell = left == 0 || is_milestone(left + 1);
        change.there = left != 0;
        change.more = beyond_the_first(left);
    }
    subscription.filter = 0;
    --subscriptions_;
    retired_ -= std::exchange(subscription.retired, false) ? 1U : 0U;
    if (tell) {
        change.filter = trie_.text_of(filter);
        change.sees_reserved = trie_.sees_reserved(filter);
    }
    settle(filter);
    return tell ? std::optional(std::move(change)) : std::nullopt;
}

void RoutingTable::apply(ReactorIndex from, const InterestChange& change) {
    assert(!leased_ && from != self_ && from < kMaxReactors);
    repeatable_ = false;
    const auto obtained = trie_.obtain(change.filter, change.sees_reserved);
    if (!obtained) {
        return;  // impossible: the filter is in the sender's trie
    }
    if (obtained->created) {
        forget_cached(change.filter, obtained->filter);
    }
    if (!change.member) {
        set_remote_plain(obtained->filter, from, change);
    } else if (const auto known = members_.find(change.member.get()); known == members_.end()) {
        if (change.there) {
            add_member(obtained->filter, change.member, nullptr);
        }
    } else if (!change.there) {
        remove_member(known->second);
    }
    settle(obtained->filter);
}

std::uint32_t RoutingTable::add_plain(FilterRef filter, Subscription& subscription) {
    subscription.group_member = nullptr;
    if (trie_.value(filter).kind() == InterestWord::Kind::none) {
        trie_.set_value(filter, InterestWord::local(subscription));
        return 1;
    }
    std::vector<Subscription*>& plain = heap_form(filter).plain;
    append(plain, subscription);
    return static_cast<std::uint32_t>(plain.size());
}

std::uint32_t RoutingTable::remove_plain(Subscription& subscription) {
    const InterestWord word = trie_.value(subscription.filter);
    if (word.kind() == InterestWord::Kind::local) {
        trie_.set_value(subscription.filter, InterestWord());
        return 0;
    }
    std::vector<Subscription*>& plain = word.interest().plain;
    cursors_.remove_plain(subscription.filter, plain, subscription.position);
    return static_cast<std::uint32_t>(plain.size());
}

void RoutingTable::add_member(FilterRef filter, MemberLoadPtr load, Subscription* local) {
    GroupInterest& group = group_on(filter, load->facts().group);
    const MemberLoad* const key = load.get();
    GroupMember& member = members_[key];
    member.load = std::move(load);
    member.local = local;
    member.filter = filter;
    group.add(member);
    if (local != nullptr) {
        local->group_member = &member;
    }
}

// Also removes the group from the filter if this was its last member.
void RoutingTable::remove_member(GroupMember& member) {
    GroupInterest& group = *member.group;
    group.remove(member);
    drop_if_empty(member.filter, group);
    members_.erase(member.load.get());
    if (members_.empty()) {
        Members().swap(members_);  // its buckets, too
    }
}

std::size_t RoutingTable::memory_bytes() const {
    constexpr std::size_t kLink = sizeof(void*);
    // With a separate group on its filter, and a line of waiting messages; lists grow to twice
    // what they need.
    constexpr std::size_t kMember =
        allocated(sizeof(Members::value_type) + kLink) + allocated(sizeof(GroupInterest)) +
        allocated(sizeof(WaitingLine::element_type) + 2 * kLink) + 6 * kLink;
    constexpr std::size_t kPlain = 2 * kLink;
    return trie_.memory_bytes() + names_.memory_bytes() + members_.size() * kMember +
           heap_forms_ * allocated(sizeof(FilterInterest)) + crowd_memory_ +
           subscriptions_ * kPlain;
}

void RoutingTable::set_remote_plain(
    FilterRef filter, ReactorIndex from, const InterestChange& change
) {
    const InterestWord word = trie_.value(filter);
    const bool some = change.there;
    if (some && word.kind() == InterestWord::Kind::none && change.more == 0) {
        trie_.set_value(filter, InterestWord::remote(from));
    } else if (some || word.kind() == InterestWord::Kind::heap) {
        FilterInterest& interest = heap_form(filter);
        crowd_memory_ -= interest.crowd_memory();
        interest.set_remote(from, some, change.more);
        crowd_memory_ += interest.crowd_memory();
    } else if (word.kind() == InterestWord::Kind::remote && word.reactor() == from) {
        trie_.set_value(filter, InterestWord());
    }
}

FilterInterest& RoutingTable::heap_form(FilterRef filter) {
    InterestWord word = trie_.value(filter);
    if (word.kind() == InterestWord::Kind::heap) {
        return word.interest();
    }
    FilterInterest& interest = to_heap(word);
    ++heap_forms_;
    trie_.set_value(filter, word);
    return interest;
}

GroupInterest& RoutingTable::group_on(FilterRef filter, std::string_view name) {
    FilterInterest& interest = heap_form(filter);
    if (GroupName* known = names_.find(name); known != nullptr) {
        if (GroupInterest* group = interest.find_group(*known); group != nullptr) {
            return *group;
        }
    }
    GroupInterest& group = interest.add_group(names_.use(name));
    if (!cursors_.empty()) {
        cursors_.group_added(filter, interest.index_of(group));
    }
    return group;
}

void RoutingTable::drop_if_empty(FilterRef filter, GroupInterest& group) {
    if (group.empty()) {
        GroupName& name = *group.name;
        FilterInterest& interest = trie_.value(filter).interest();
        if (!cursors_.empty()) {
            cursors_.group_removed(filter, interest.index_of(group));
        }
        interest.remove_group(group);
        names_.drop(name);
    }
}

// After every removal: use the smallest form, and remove filters without subscribers.
void RoutingTable::settle(FilterRef filter) {
    const InterestWord before = trie_.value(filter);
    const InterestWord word = compact(before);
    if (before.kind() == InterestWord::Kind::heap && word.kind() != InterestWord::Kind::heap) {
        --heap_forms_;
    }
    trie_.set_value(filter, word);
    if (word.kind() == InterestWord::Kind::none) {
        forget_cached(trie_.text_of(filter), filter);
        cursors_.forget(filter);
        trie_.erase(filter);
    }
}

// A literal filter matches one subject only: its own text.
void RoutingTable::forget_cached(std::string_view filter_text, FilterRef filter) {
    if (trie_.is_literal(filter)) {
        cache_.forget(filter_text, trie_.hash_of(filter_text));
    } else {
        cache_.forget_all();
    }
}

std::span<const FilterRef> RoutingTable::match(std::string_view subject, std::size_t& visited) {
    const std::uint64_t hash = trie_.hash_of(subject);
    if (const auto known = cache_.find(subject, hash)) {
        visited = 0;
        return *known;
    }
    found_.clear();
    visited = trie_.match(subject, hash, found_);
    if (recent_.note(hash)) {
        cache_.store(subject, hash, found_);
    }
    return found_;
}

RouteLease RoutingTable::route(
    std::string_view subject, std::uint64_t publisher_key, std::size_t bytes, Division division
) {
    assert(!leased_);
    if (is_repeated(subject, publisher_key)) {
        return {builder_.repeat(), leased_};
    }
    std::size_t visited = 0;
    builder_.start(publisher_key, bytes);
    const auto filters = match(subject, visited);
    if (division == Division::in_steps && RouteCursor::are_very_many(trie_, filters)) [[unlikely]] {
        return in_steps();
    }
    for (const FilterRef filter : filters) {
        builder_.add(trie_.value(filter));
    }
    drop_retired();
    builder_.choose_groups(GroupChoice::anybody);
    repeatable_ = !builder_.has_groups();
    if (repeatable_) {
        last_publisher_ = publisher_key;
        last_subject_ = subject;
    }
    return {builder_.finish(visited), leased_};
}

RouteLease RoutingTable::route_plain(
    std::string_view subject, std::uint64_t publisher_key, Division division
) {
    assert(!leased_);
    repeatable_ = false;
    std::size_t visited = 0;
    builder_.start(publisher_key, 0);
    const auto filters = match(subject, visited);
    if (division == Division::in_steps && RouteCursor::are_very_many(trie_, filters)) [[unlikely]] {
        return in_steps();
    }
    for (const FilterRef filter : filters) {
        builder_.add_plain_here(trie_.value(filter));
    }
    drop_retired();
    return {builder_.finish(visited), leased_};
}

RouteCursor& RoutingTable::begin_steps(
    std::string_view subject, std::uint64_t publisher_key, std::size_t bytes
) {
    std::size_t visited = 0;
    return cursors_.add({trie_, match(subject, visited), publisher_key, bytes});
}

RouteCursor& RoutingTable::begin_plain_steps(
    std::string_view subject, std::uint64_t publisher_key
) {
    RouteCursor& cursor = begin_steps(subject, publisher_key, 0);
    cursor.keep_plain_here();
    return cursor;
}

RouteLease RoutingTable::next_step(RouteCursor& cursor) {
    assert(!leased_);
    repeatable_ = false;
    builder_.start(cursor.publisher_key(), cursor.bytes());
    cursor.take_step(trie_, builder_);
    drop_retired();
    builder_.choose_groups(GroupChoice::anybody);
    return {builder_.finish(0), leased_};
}

RouteLease RoutingTable::route_group(
    std::string_view subject,
    std::uint64_t publisher_key,
    std::string_view group,
    std::size_t bytes,
    GroupChoice choice
) {
    assert(!leased_);
    repeatable_ = false;
    std::size_t visited = 0;
    builder_.start(publisher_key, bytes);
    if (const GroupName* name = names_.find(group); name != nullptr) {
        for (const FilterRef filter : match(subject, visited)) {
            builder_.add_group_named(trie_.value(filter), *name);
        }
    }
    builder_.choose_groups(choice);
    return {builder_.finish(visited), leased_};
}

Subscription* RoutingTable::member_here(const MemberLoad& member) const {
    const auto found = members_.find(&member);
    return found == members_.end() ? nullptr : found->second.local;
}

bool RoutingTable::reopen(const MemberLoad& member) {
    const auto found = members_.find(&member);
    if (found == members_.end()) {
        return false;
    }
    found->second.group->open(found->second);
    return true;
}

std::string RoutingTable::filter_of(const Subscription& subscription) const {
    return trie_.text_of(subscription.filter);
}

std::string_view RoutingTable::group_of(const Subscription& subscription) {
    return subscription.group_member != nullptr
               ? std::string_view(subscription.group_member->load->facts().group)
               : std::string_view();
}

}  // namespace telex::router
