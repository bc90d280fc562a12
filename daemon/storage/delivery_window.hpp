#pragma once
// A member of a consumer as the storage sees it: its credit, the bytes that are under way to it,
// and the batch that is being filled.
//
// The state machine of a consumer counts records, the window counts bytes. So the credit of the
// client stays here, and the state machine gets only the number of records at a time that certainly
// fit: the largest record of a round is known before.
#include "exchange/stream_consumers.hpp"
#include "store/block.hpp"
#include "streams/in_flight.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::storage {

// Keeps the blocks of its records.
class BlockBatch final : public exchange::DeliveryBatch {
public:
    std::uint64_t consumer = 0;                     // its serial number
    streams::MemberId number = streams::kNoMember;  // of the member within its consumer
    std::size_t charge = 0;                         // to the window
    std::vector<store::BlockPtr> blocks;
};

// Bytes that a record takes of the window: the body, and what goes with it.
inline std::size_t charge_of(const store::Record& record) {
    constexpr std::size_t kHead = 64;
    return record.body.size() + record.subject.size() + kHead;
}

// Owner: ConsumerRuntime. The storage thread.
class DeliveryWindow {
public:
    using Right = std::function<bool(std::string_view)>;

    // The source must outlive it.
    DeliveryWindow(
        exchange::MemberId member,
        std::uint64_t consumer,
        streams::MemberId number,
        exchange::MemberSource& source,
        Right may_subscribe
    )
        : member_(member),
          consumer_(consumer),
          number_(number),
          source_(source),
          may_subscribe_(std::move(may_subscribe)) {}

    exchange::MemberId member() const { return member_; }

    streams::MemberId number() const { return number_; }

    exchange::MemberSource& source() const { return source_; }

    const Right& may_subscribe() const { return may_subscribe_; }

    // Tells the member that it is attached, once.
    void confirm();
    // Tells the member that it is not attached, or not any longer. Sends the batch before.
    void end(v1::ErrorCode reason, const std::string& text);

    // --- credit
    void add_credit(std::uint64_t messages);
    // The number of records that may be delivered now if none is charged more than `charge`.
    std::uint32_t allowance(std::size_t charge) const;

    // Records of the credit that are granted to the state machine.
    void use_credit(std::uint32_t messages) { credit_ -= messages; }

    std::uint64_t credit() const { return credit_; }

    // --- batches
    void add(
        const store::BlockPtr& block, const exchange::DeliveredRecord& record, std::size_t charge
    );
    // Sends the batch, if it has records.
    void send();

    void take_back(std::size_t charge) { under_way_ -= charge; }

    std::size_t under_way() const { return under_way_; }

    // A record came that it may not read: it will be detached.
    bool denied = false;

private:
    exchange::MemberId member_;
    std::uint64_t consumer_;  // its serial number
    streams::MemberId number_;
    exchange::MemberSource& source_;
    Right may_subscribe_;
    std::uint64_t credit_ = 0;
    std::size_t under_way_ = 0;  // the open batch included
    std::unique_ptr<BlockBatch> batch_;
    bool confirmed_ = false;
};

}  // namespace telex::storage
