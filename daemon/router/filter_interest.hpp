#pragma once
// Everything one reactor knows about one filter, and the word that stands for it in the trie.
//
// Most filters have exactly one plain subscriber, here or on one other reactor. Those fit in the
// word itself; the rest lives on the heap:
//
//   none -> one local subscription -> FilterInterest -> one ... -> none
//        \-> one other reactor    -/
#include "base/allocated.hpp"
#include "router/queue_group.hpp"
#include "router/reactor_set.hpp"
#include "router/subscription.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace telex::router {

// Many plain subscribers of a filter are a crowd: other reactors receive their approximate number,
// because each message costs as many deliveries here. These numbers are announced, not more than
// one in a doubling.
bool is_milestone(std::uint32_t subscribers);
// As announced: those beyond the first one, of a crowd.
std::uint32_t beyond_the_first(std::uint32_t subscribers);

struct FilterInterest {
    std::vector<Subscription*> plain;  // on this reactor
    ReactorSet remote_plain;
    // Plain subscribers elsewhere beyond the first one of each reactor, as far as announced.
    std::uint64_t elsewhere = 0;
    std::vector<std::unique_ptr<GroupInterest>> groups;  // by the address of their names

    // About the plain subscribers of another reactor; the same numbers as in an InterestChange.
    void set_remote(ReactorIndex reactor, bool some, std::uint32_t more);

    // Of the notes that set_remote() makes, taken from the allocator.
    std::size_t crowd_memory() const { return allocated(crowds_.capacity() * sizeof(Crowd)); }

    // Returns null if the group has no member on this filter.
    GroupInterest* find_group(const GroupName& name);
    GroupInterest& add_group(GroupName& name);
    // Of a group of this filter, in `groups`.
    std::size_t index_of(const GroupInterest& group);
    void remove_group(const GroupInterest& group);

private:
    struct Crowd {
        ReactorIndex reactor;
        std::uint32_t more;
    };

    std::vector<Crowd> crowds_;
};

// A tagged pointer. Owns nothing by itself: the routing table destroys what is on the heap.
class InterestWord {
public:
    enum class Kind : std::uint64_t { none = 0, local = 1, remote = 2, heap = 3 };

    InterestWord() = default;

    static InterestWord local(Subscription& subscription) {
        return InterestWord(reinterpret_cast<std::uintptr_t>(&subscription) | tag(Kind::local));
    }

    static InterestWord remote(ReactorIndex reactor) {
        return InterestWord(std::uint64_t{reactor} << kTagBits | tag(Kind::remote));
    }

    static InterestWord heap(FilterInterest& interest) {
        return InterestWord(reinterpret_cast<std::uintptr_t>(&interest) | tag(Kind::heap));
    }

    Kind kind() const { return static_cast<Kind>(word_ & kTagMask); }

    Subscription& subscription() const {
        return *reinterpret_cast<Subscription*>(word_ & ~kTagMask);
    }

    ReactorIndex reactor() const { return static_cast<ReactorIndex>(word_ >> kTagBits); }

    FilterInterest& interest() const {
        return *reinterpret_cast<FilterInterest*>(word_ & ~kTagMask);
    }

private:
    static constexpr unsigned kTagBits = 2;
    static constexpr std::uint64_t kTagMask = 3;
    static_assert(alignof(Subscription) > kTagMask && alignof(FilterInterest) > kTagMask);

    explicit InterestWord(std::uint64_t word) : word_(word) {}

    static std::uint64_t tag(Kind kind) { return static_cast<std::uint64_t>(kind); }

    std::uint64_t word_ = 0;
};

// Converts `word` to the heap form. Requires another form.
FilterInterest& to_heap(InterestWord& word);
// Returns the smallest equivalent form, `none` if there are no subscribers. Frees the heap form if
// it is no longer needed.
InterestWord compact(InterestWord word);

}  // namespace telex::router
