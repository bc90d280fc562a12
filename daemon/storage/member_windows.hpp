#pragma once
// The windows of all members of a consumer, and the credit that its state machine gets for a round.
#include "storage/delivery_window.hpp"
#include "streams/consumer_state.hpp"

#include <cstddef>
#include <map>
#include <vector>

namespace telex::storage {

// Owner: ConsumerRuntime. The storage thread.
class MemberWindows {
public:
    using Right = DeliveryWindow::Right;

    // Returns the number of the new member: never used before. `consumer`: its serial number.
    streams::MemberId join(
        exchange::MemberId member,
        std::uint64_t consumer,
        exchange::MemberSource& source,
        const Right& may_subscribe
    );

    void leave(streams::MemberId member) { windows_.erase(member); }

    // Null if the member has left.
    DeliveryWindow* find(streams::MemberId member);

    bool empty() const { return windows_.empty(); }

    std::size_t size() const { return windows_.size(); }

    // Whether a member could take a record.
    bool have_room() const;

    // Gives the state machine credit for records that are charged at most `charge` each. `all`: of
    // all members, not only of the next ones in turn. Returns the number of records.
    std::size_t grant(streams::ConsumerState& state, std::size_t charge, bool all, TimePoint now);
    // Takes back what is left of it. `out`: of the state machine.
    void end_grants(streams::ConsumerState& state, streams::ConsumerOutput& out);

    // Adds a record to the batch of the member, unless the member may not read it: then it is
    // marked as denied. Returns false if it is.
    bool add(
        DeliveryWindow& window,
        const store::BlockPtr& block,
        std::size_t index,
        const streams::Delivery& delivery
    );
    // Sends all batches.
    void send();

    // Tells the members that they are attached, those that were not told.
    void confirm();

    // The members to which a record came that they may not read.
    std::vector<streams::MemberId> denied() const;

    // Calls visit(const DeliveryWindow&) for each member.
    template <class Function>
    void for_each(Function&& visit) const {
        for (const auto& [number, window] : windows_) {
            visit(window);
        }
    }

private:
    std::map<streams::MemberId, DeliveryWindow> windows_;
    streams::MemberId last_ = streams::kNoMember;     // the newest
    streams::MemberId granted_ = streams::kNoMember;  // the last one in turn
    bool has_denied_ = false;
};

}  // namespace telex::storage
