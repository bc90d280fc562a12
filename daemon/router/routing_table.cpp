#include "router/routing_table.hpp"

#include <cassert>

namespace telex::router {

using match::FilterRef;

namespace {

// The last element takes the place of the one that goes.
void swap_out(std::vector<Subscription*>& list, Subscription& going) {
    Subscription* last = list.back();
    last->position = going.position;
    list[going.position] = last;
    list.pop_back();
}

void append(std::vector<Subscription*>& list, Subscription& coming) {
    coming.position = static_cast<std::uint32_t>(list.size());
    list.push_back(&coming);
}

}  // namespace

RoutingTable::RoutingTable(ReactorIndex self, std::uint64_t seed, std::size_t cache_entries)
    : self_(self),
      trie_(seed),
      cache_(cache_entries, seed),
      names_(seed),
      // Reactors must not choose alike.
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
    Subscription& subscription, std::string_view filter, std::string_view queue_group
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
    const bool plain = queue_group.empty();
    const std::uint32_t members = plain ? add_plain(obtained->filter, subscription)
                                        : add_member(obtained->filter, subscription, queue_group);
    subscription.filter = obtained->filter;
    ++subscriptions_;
    if (plain && members > 1) {
        return std::nullopt;
    }
    return InterestChange{
        std::string(filter),
        trie_.sees_reserved(obtained->filter),
        std::string(queue_group),
        members
    };
}

std::optional<InterestChange> RoutingTable::unsubscribe(Subscription& subscription) {
    assert(!leased_ && subscription.registered());
    repeatable_ = false;
    const FilterRef filter = subscription.filter;
    const bool plain = subscription.group == nullptr;
    InterestChange change;
    change.queue_group = group_of(subscription);
    change.members = plain ? remove_plain(subscription) : remove_member(subscription);
    subscription.filter = 0;
    --subscriptions_;
    const bool tell = !plain || change.members == 0;
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
        return;  // cannot be: it is in the sender's trie
    }
    if (obtained->created) {
        forget_cached(change.filter, obtained->filter);
    }
    if (change.queue_group.empty()) {
        set_remote_plain(obtained->filter, from, change.members != 0);
    } else {
        set_remote_members(obtained->filter, from, change);
    }
    settle(obtained->filter);
}

std::uint32_t RoutingTable::add_plain(FilterRef filter, Subscription& subscription) {
    subscription.group = nullptr;
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
    swap_out(plain, subscription);
    return static_cast<std::uint32_t>(plain.size());
}

std::uint32_t RoutingTable::add_member(
    FilterRef filter, Subscription& subscription, std::string_view queue_group
) {
    GroupInterest& group = group_on(filter, queue_group);
    append(group.members, subscription);
    subscription.group = &group;
    return static_cast<std::uint32_t>(group.members.size());
}

std::uint32_t RoutingTable::remove_member(Subscription& subscription) {
    GroupInterest& group = *subscription.group;
    swap_out(group.members, subscription);
    const auto left = static_cast<std::uint32_t>(group.members.size());
    drop_if_empty(subscription.filter, group);
    subscription.group = nullptr;
    return left;
}

void RoutingTable::set_remote_plain(FilterRef filter, ReactorIndex from, bool some) {
    const InterestWord word = trie_.value(filter);
    if (some && word.kind() == InterestWord::Kind::none) {
        trie_.set_value(filter, InterestWord::remote(from));
    } else if (some) {
        heap_form(filter).remote_plain.add(from);
    } else if (word.kind() == InterestWord::Kind::heap) {
        word.interest().remote_plain.remove(from);
    } else if (word.kind() == InterestWord::Kind::remote && word.reactor() == from) {
        trie_.set_value(filter, InterestWord());
    }
}

void RoutingTable::set_remote_members(
    FilterRef filter, ReactorIndex from, const InterestChange& change
) {
    GroupInterest& group = group_on(filter, change.queue_group);
    group.set_remote(from, change.members);
    drop_if_empty(filter, group);
}

FilterInterest& RoutingTable::heap_form(FilterRef filter) {
    InterestWord word = trie_.value(filter);
    if (word.kind() == InterestWord::Kind::heap) {
        return word.interest();
    }
    FilterInterest& interest = to_heap(word);
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
    return interest.add_group(names_.use(name));
}

void RoutingTable::drop_if_empty(FilterRef filter, GroupInterest& group) {
    if (group.empty()) {
        GroupName& name = *group.name;
        trie_.value(filter).interest().remove_group(group);
        names_.drop(name);
    }
}

// After every removal: the smallest form, and no filter without anybody.
void RoutingTable::settle(FilterRef filter) {
    const InterestWord word = compact(trie_.value(filter));
    trie_.set_value(filter, word);
    if (word.kind() == InterestWord::Kind::none) {
        forget_cached(trie_.text_of(filter), filter);
        trie_.erase(filter);
    }
}

// A literal filter is in the results of one subject only, its own text.
void RoutingTable::forget_cached(std::string_view filter_text, FilterRef filter) {
    if (trie_.is_literal(filter)) {
        cache_.forget(filter_text);
    } else {
        cache_.forget_all();
    }
}

std::span<const FilterRef> RoutingTable::match(std::string_view subject, std::size_t& visited) {
    if (const auto known = cache_.find(subject)) {
        visited = 0;
        return *known;
    }
    found_.clear();
    visited = trie_.match(subject, found_);
    cache_.store(subject, found_);
    return found_;
}

RouteLease RoutingTable::route(std::string_view subject, std::uint64_t publisher_key) {
    assert(!leased_);
    if (is_repeated(subject, publisher_key)) {
        return {builder_.repeat(), leased_};
    }
    std::size_t visited = 0;
    builder_.start(publisher_key);
    for (const FilterRef filter : match(subject, visited)) {
        builder_.add(trie_.value(filter), true, true);
    }
    builder_.choose_groups();
    repeatable_ = !builder_.has_groups();
    if (repeatable_) {
        last_publisher_ = publisher_key;
        last_subject_ = subject;
    }
    return {builder_.finish(visited), leased_};
}

RouteLease RoutingTable::route_handed_over(
    std::string_view subject, std::uint64_t publisher_key, const HandedOver& message
) {
    assert(!leased_);
    repeatable_ = false;
    std::size_t visited = 0;
    builder_.start(publisher_key);
    for (const FilterRef filter : match(subject, visited)) {
        builder_.add(trie_.value(filter), message.plain, false);
    }
    builder_.choose_handed_over(message, names_);
    return {builder_.finish(visited), leased_};
}

std::string RoutingTable::filter_of(const Subscription& subscription) const {
    return trie_.text_of(subscription.filter);
}

std::string_view RoutingTable::group_of(const Subscription& subscription) {
    return subscription.group != nullptr ? subscription.group->name->text : std::string_view();
}

}  // namespace telex::router
