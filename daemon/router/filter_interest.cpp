#include "router/filter_interest.hpp"

#include <algorithm>
#include <bit>
#include <functional>

namespace telex::router {

namespace {

constexpr std::uint32_t kCrowd = 64;

auto lower_bound_of(std::vector<std::unique_ptr<GroupInterest>>& groups, const GroupName& name) {
    return std::lower_bound(
        groups.begin(),
        groups.end(),
        &name,
        [](const std::unique_ptr<GroupInterest>& group, const GroupName* wanted) {
            return std::less<>()(group->name, wanted);
        }
    );
}

}  // namespace

bool is_milestone(std::uint32_t subscribers) {
    return subscribers >= kCrowd && std::has_single_bit(subscribers);
}

std::uint32_t beyond_the_first(std::uint32_t subscribers) {
    return subscribers < kCrowd ? 0 : subscribers - 1;
}

GroupInterest* FilterInterest::find_group(const GroupName& name) {
    const auto at = lower_bound_of(groups, name);
    return at != groups.end() && (*at)->name == &name ? at->get() : nullptr;
}

GroupInterest& FilterInterest::add_group(GroupName& name) {
    auto group = std::make_unique<GroupInterest>();
    group->name = &name;
    return **groups.insert(lower_bound_of(groups, name), std::move(group));
}

std::size_t FilterInterest::index_of(const GroupInterest& group) {
    return static_cast<std::size_t>(lower_bound_of(groups, *group.name) - groups.begin());
}

void FilterInterest::remove_group(const GroupInterest& group) {
    groups.erase(lower_bound_of(groups, *group.name));
}

void FilterInterest::set_remote(ReactorIndex reactor, bool some, std::uint32_t more) {
    if (some) {
        remote_plain.add(reactor);
    } else {
        remote_plain.remove(reactor);
    }
    std::erase_if(crowds_, [&](const Crowd& crowd) { return crowd.reactor == reactor; });
    if (more != 0) {
        crowds_.push_back({reactor, more});
    } else if (crowds_.empty()) {
        std::vector<Crowd>().swap(crowds_);
    }
    elsewhere = 0;
    for (const Crowd& crowd : crowds_) {
        elsewhere += crowd.more;
    }
}

FilterInterest& to_heap(InterestWord& word) {
    auto interest = std::make_unique<FilterInterest>();
    if (word.kind() == InterestWord::Kind::local) {
        word.subscription().position = 0;
        interest->plain.push_back(&word.subscription());
    } else if (word.kind() == InterestWord::Kind::remote) {
        interest->remote_plain.add(word.reactor());
    }
    FilterInterest& on_heap = *interest.release();
    word = InterestWord::heap(on_heap);
    return on_heap;
}

InterestWord compact(InterestWord word) {
    if (word.kind() != InterestWord::Kind::heap) {
        return word;
    }
    const FilterInterest& interest = word.interest();
    const std::size_t locals = interest.plain.size();
    const std::size_t remotes = interest.remote_plain.size();
    if (!interest.groups.empty() || locals + remotes > 1 || interest.elsewhere != 0) {
        return word;
    }
    const std::unique_ptr<const FilterInterest> freed(&interest);
    InterestWord small;
    if (locals == 1) {
        small = InterestWord::local(*interest.plain.front());
    }
    interest.remote_plain.for_each([&](ReactorIndex reactor) {
        small = InterestWord::remote(reactor);
    });
    return small;
}

}  // namespace telex::router
