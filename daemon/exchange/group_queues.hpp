#pragma once
// Serves messages of queue groups that wait because no member takes them
// (docs/adr/0009-groups-that-share-the-work.md).
//
//   a member takes messages again (credit, room, it is new) --> every reactor that found it closed
//           --> messages that wait there are routed to it, oldest first
//
// Owner and thread: one shard.
#include "exchange/client_record.hpp"
#include "exchange/routed_message.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace telex::exchange {

class Shard;

class GroupQueues {
public:
    explicit GroupQueues(Shard& shard) : shard_(shard) {}

    // The client's queue has these bytes, and may have room. Not while a message is routed.
    void note_queue(ClientRecord& client, std::size_t bytes, bool has_room);
    // The member may take messages again: notifies all reactors that found that it did not.
    void notify_watchers(const ActiveSubscription& subscription);
    // A member may accept the messages that wait for the group.
    void wake(access::AccountId account, std::string_view group);

    void wake(GroupKey group) { woken_.push_back(std::move(group)); }

    // Passes on a message whose member leaves, or drops it for `reason` if no member is left.
    void adopt(HeldMessage message, GroupKey group, DropReason reason) {
        homeless_.push_back({std::move(message), std::move(group), reason});
    }

    // Routes waiting messages of woken groups, and those that were adopted. Not while a message is
    // routed.
    void serve() {
        if (!woken_.empty() || !homeless_.empty()) [[unlikely]] {
            serve_all();
        }
    }

private:
    struct Homeless {
        HeldMessage message;
        GroupKey group;
        DropReason reason;
    };

    void reopen(access::AccountId account, const router::MemberLoad& member);
    void serve_all();
    void place(Homeless homeless);
    void serve_group(const GroupKey& group);
    bool serve_held(ActiveSubscription& subscription, std::size_t index);

    Shard& shard_;
    std::vector<GroupKey> woken_;
    std::vector<Homeless> homeless_;
    bool serving_ = false;
};

}  // namespace telex::exchange
