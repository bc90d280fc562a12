#pragma once
// Messages on their way from one reactor to another: one batch per pair and turn.
//
// A batch goes to the target, is dispatched there, and returns empty: that releases the source's
// credit (how much is under way), reuses the batch's memory, and carries receipts.
#include "access/accounts.hpp"
#include "broker/client_id.hpp"
#include "broker/publication_run.hpp"
#include "exchange/message_arena.hpp"
#include "exchange/shared_charge.hpp"
#include "exchange/stored_message.hpp"
#include "exchange/trace_set.hpp"
#include "reactor/task.hpp"
#include "router/member_load.hpp"
#include "router/route_cursor.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::exchange {

using broker::ClientId;

class Shard;

struct ForwardedMessage {
    // run: of publications, for plain subscribers; `message` is not set.
    enum class Kind : std::uint8_t { message, reply, run };
    Kind kind = Kind::message;
    // The target reports if its subscribers have left: see RoutedMessage.
    bool reports_absence = false;
    bool awaits_reply = false;  // see RoutedMessage
    // For the target's plain subscribers, and for the members below.
    bool plain = false;
    TraceSet traces = 0;
    access::AccountId account = access::kDefaultAccount;
    // How often it was passed on because its target could not take it.
    std::uint8_t hops = 0;
    ClientId publisher;
    wire::MessageView message;
    ChunkRef owner;
    std::string_view subject;  // that it is routed by
    std::string_view reply_to;
    std::uint64_t confirmation = 0;  // of Confirmations, where it was published; 0: none
    // Members of queue groups on the target.
    std::uint32_t first_chosen = 0;
    std::uint32_t chosen_count = 0;
    // Of a run.
    std::uint32_t first_of_run = 0;
    std::uint32_t run_size = 0;
};

// The member of a queue group that a message is for.
struct ChosenMember {
    router::MemberLoadPtr member;
    bool claimed = false;  // otherwise it waits there
    router::WaitingTicket ticket;
};

class ForwardBatch final : public reactor::Task {
public:
    ForwardBatch(Shard& source, Shard& target) : source_(source), target_(target) {}

    // Adds a message; copies it below kCopyBelow or when it has no owner, else references it.
    // `subject` is what it is routed by; empty: its own.
    ForwardedMessage& add(
        const wire::MessageView& message,
        const ChunkRef* owner,
        std::string_view reply_to,
        std::string_view subject = {}
    );
    // Adds a run. Copies it, or references it if it has an owner and is together as long as a
    // message that add() references.
    ForwardedMessage& add_run(const broker::PublicationRun& run);
    // The body of the message that was added last is charged once for several batches.
    void share_charge(SharedChargePtr charge);
    // Adds a member to the message that was added last.
    void add_chosen(ChosenMember chosen);

    // The caller may take their tickets.
    std::span<ChosenMember> chosen(const ForwardedMessage& item) {
        return std::span(chosen_).subspan(item.first_chosen, item.chosen_count);
    }

    broker::PublicationRun run_of(const ForwardedMessage& item) const {
        return {
            item.subject,
            std::span(run_messages_).subspan(item.first_of_run, item.run_size),
            &item.owner
        };
    }

    Shard& target() const { return target_; }

    std::size_t bytes() const { return bytes_; }

    // Of it, what is charged for this batch alone.
    std::size_t charged_bytes() const { return bytes_ - shared_bytes_; }

    // On the source, when the batch has returned.
    void release_shared_charges();

    // The messages' work on the target, in units of reactor::WorkMeter. Like bytes(), a batch that
    // returns still has it.
    std::uint64_t work() const { return work_; }

    void add_work(std::uint64_t units) { work_ += units; }

    bool empty() const { return items_.empty(); }

    // The target has routed a message with this confirmation to `receivers` clients. Survives
    // clear().
    struct Receipt {
        std::uint64_t confirmation;
        std::uint64_t receivers;
    };

    void add_receipt(Receipt receipt) { receipts_.push_back(receipt); }

    std::vector<Receipt> take_receipts() { return std::exchange(receipts_, {}); }

    // Releases the messages, keeps the memory and the shared charges.
    void clear();

    // On the target: dispatches its messages, in several turns if they are much work, and returns.
    // On the source: is recycled.
    void run(std::unique_ptr<reactor::Task> self) override;

    const std::vector<ForwardedMessage>& items() const { return items_; }

    // --- on the target ----------------------------------------------------------------------
    // Of the current message, which is dispatched in steps if it has very many subscribers, or of
    // the current run.
    struct Progress {
        std::size_t of_run = 0;                 // messages that are dispatched
        router::RouteCursor* cursor = nullptr;  // the routing table's, between two steps
        bool received = false;                  // by a subscriber
        std::uint64_t accepted = 0;             // deliveries that count for a receipt
    };

    // The message to dispatch. Requires that there is one.
    const ForwardedMessage& current() const { return items_[next_]; }

    Progress& progress() { return progress_; }

    // It is dispatched.
    void advance() {
        ++next_;
        progress_ = {};
    }

    // Every message is dispatched.
    bool is_done() const { return next_ == items_.size(); }

private:
    // A short text that lives as long as the item.
    std::string_view keep_text(std::string_view text, const ForwardedMessage& item);

    Shard& source_;
    Shard& target_;
    bool returning_ = false;
    std::vector<ForwardedMessage> items_;
    std::vector<ChosenMember> chosen_;
    std::vector<wire::PlainMessage> run_messages_;
    std::vector<ChunkRef> texts_;  // arenas of subjects
    std::vector<Receipt> receipts_;
    MessageArena arena_;
    std::size_t bytes_ = 0;
    std::vector<SharedChargePtr> shared_charges_;
    std::size_t shared_bytes_ = 0;
    std::uint64_t work_ = 0;
    std::size_t next_ = 0;
    Progress progress_;
};

}  // namespace telex::exchange
