#include "router/route_cursor.hpp"

#include <algorithm>
#include <functional>
#include <span>
#include <utility>

namespace telex::router {

namespace {

// The plain subscriptions of a step: half of a short slice. A group costs as much as four.
constexpr std::size_t kStep = 256;
constexpr std::size_t kGroupWeight = 4;
// More would exceed a short slice.
constexpr std::size_t kVeryMany = 2 * kStep;

// The last ones of the groups that are left.
auto last_groups(
    const RouteCursor::Trie& trie, const RouteCursor::Place& place, std::size_t count
) {
    const std::span groups(trie.value(place.filter).interest().groups);
    return groups.subspan(place.groups - count, count);
}

const GroupName* last_name(const RouteCursor::Trie& trie, const RouteCursor::Place& place) {
    return last_groups(trie, place, 1).front()->name;
}

// The hole has no element.
void move_to(std::vector<Subscription*>& plain, std::size_t hole, std::size_t from) {
    if (hole != from) {
        plain[hole] = plain[from];
        plain[hole]->position = static_cast<std::uint32_t>(hole);
    }
}

}  // namespace

bool RouteCursor::are_very_many(const Trie& trie, std::span<const match::FilterRef> filters) {
    std::size_t targets = 0;
    for (const match::FilterRef filter : filters) {
        const InterestWord word = trie.value(filter);
        if (word.kind() == InterestWord::Kind::heap) {
            targets += word.interest().plain.size();
            targets += kGroupWeight * word.interest().groups.size();
        }
    }
    return targets > kVeryMany;
}

RouteCursor::RouteCursor(
    const Trie& trie,
    std::span<const match::FilterRef> filters,
    std::uint64_t publisher_key,
    std::size_t bytes
)
    : publisher_key_(publisher_key), bytes_(bytes) {
    for (const match::FilterRef filter : filters) {
        add(filter, trie.value(filter));
    }
}

void RouteCursor::add(match::FilterRef filter, InterestWord word) {
    Place place{.filter = filter};
    switch (word.kind()) {
        case InterestWord::Kind::none:
            break;
        case InterestWord::Kind::local:
            place.plain = 1;
            break;
        case InterestWord::Kind::remote:
            remote_plain_.add(word.reactor());
            break;
        case InterestWord::Kind::heap:
            place.plain = word.interest().plain.size();
            place.groups = word.interest().groups.size();
            remote_plain_.add(word.interest().remote_plain);
            elsewhere_ += word.interest().elsewhere;
            break;
    }
    if (place.plain != 0 || place.groups != 0) {
        places_.push_back(place);
    }
}

void RouteCursor::keep_plain_here() {
    remote_plain_ = {};
    elsewhere_ = 0;
    for (Place& place : places_) {
        place.groups = 0;
    }
    remove_empty();
}

void RouteCursor::remove_empty() {
    std::erase_if(places_, [](const Place& place) {
        return place.plain == 0 && place.groups == 0;
    });
}

void RouteCursor::take_step(const Trie& trie, RouteBuilder& builder) {
    builder.add_remote(std::exchange(remote_plain_, {}), std::exchange(elsewhere_, 0));
    const std::size_t room = take_plain(trie, builder, kStep);
    take_groups(trie, builder, room / kGroupWeight);
    remove_empty();
}

std::size_t RouteCursor::take_plain(const Trie& trie, RouteBuilder& builder, std::size_t room) {
    for (Place& place : places_) {
        const std::size_t some = std::min(room, place.plain);
        if (some == 0) {
            continue;
        }
        const InterestWord word = trie.value(place.filter);
        place.plain -= some;
        room -= some;
        if (word.kind() == InterestWord::Kind::local) {
            builder.add_plain_here(word);
        } else {
            builder.add_plain(std::span(word.interest().plain).subspan(place.plain, some));
        }
    }
    return room;
}

void RouteCursor::take_groups(const Trie& trie, RouteBuilder& builder, std::size_t room) {
    const auto has_groups = [](const Place& place) { return place.groups != 0; };
    const auto filters = std::count_if(places_.begin(), places_.end(), has_groups);
    if (filters == 1) {
        Place& place = *std::find_if(places_.begin(), places_.end(), has_groups);
        const std::size_t some = std::min(room, place.groups);
        builder.add_groups(last_groups(trie, place, some));
        place.groups -= some;
    } else if (filters > 1) {
        for (; room > 0 && std::any_of(places_.begin(), places_.end(), has_groups); --room) {
            take_one_group(trie, builder);
        }
    }
}

// The last one by the address of its name, from all filters that have it.
void RouteCursor::take_one_group(const Trie& trie, RouteBuilder& builder) {
    const GroupName* last = nullptr;
    for (const Place& place : places_) {
        if (place.groups != 0) {
            const GroupName* const name = last_name(trie, place);
            last = last == nullptr || std::less<>()(last, name) ? name : last;
        }
    }
    for (Place& place : places_) {
        if (place.groups != 0 && last_name(trie, place) == last) {
            builder.add_groups(last_groups(trie, place, 1));
            --place.groups;
        }
    }
}

void RouteCursor::forget(match::FilterRef filter) {
    std::erase_if(places_, [&](const Place& place) { return place.filter == filter; });
}

RouteCursor::Place* RouteCursor::find(match::FilterRef filter) {
    const auto found = std::find_if(places_.begin(), places_.end(), [&](const Place& place) {
        return place.filter == filter;
    });
    return found == places_.end() ? nullptr : &*found;
}

void RouteCursors::remove(const RouteCursor& cursor) {
    cursors_.remove_if([&](const RouteCursor& each) { return &each == &cursor; });
}

// The cursors in the order of what they have left: each hole is in the part that the next one has
// left, too.
void RouteCursors::remove_plain(
    match::FilterRef filter, std::vector<Subscription*>& plain, std::size_t hole
) {
    left_.clear();
    for (RouteCursor& cursor : cursors_) {
        if (RouteCursor::Place* const place = cursor.find(filter);
            place != nullptr && place->plain > hole) {
            left_.push_back(&place->plain);
        }
    }
    std::sort(left_.begin(), left_.end(), [](const auto* left, const auto* right) {
        return *left < *right;
    });
    for (std::size_t* const left : left_) {
        --*left;
        move_to(plain, hole, *left);
        hole = *left;
    }
    move_to(plain, hole, plain.size() - 1);
    plain.pop_back();
}

void RouteCursors::group_added(match::FilterRef filter, std::size_t index) {
    for (RouteCursor& cursor : cursors_) {
        if (RouteCursor::Place* const place = cursor.find(filter);
            place != nullptr && index < place->groups) {
            ++place->groups;
        }
    }
}

void RouteCursors::group_removed(match::FilterRef filter, std::size_t index) {
    for (RouteCursor& cursor : cursors_) {
        if (RouteCursor::Place* const place = cursor.find(filter);
            place != nullptr && index < place->groups) {
            --place->groups;
        }
    }
}

void RouteCursors::forget(match::FilterRef filter) {
    for (RouteCursor& cursor : cursors_) {
        cursor.forget(filter);
    }
}

}  // namespace telex::router
