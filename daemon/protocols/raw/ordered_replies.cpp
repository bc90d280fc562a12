#include "protocols/raw/ordered_replies.hpp"

#include "base/printable.hpp"
#include "wire/errors.hpp"

#include <fmt/format.h>

namespace telex::session::raw {

std::string text_of_unwritable(std::size_t bytes, const broker::SendFault& fault) {
    return fmt::format(
        "a reply of {} bytes cannot be written: {}",
        bytes,
        fault.framing ? codec::name_of(*fault.framing) : name_of(fault.reason)
    );
}

std::string text_of_failure(std::string_view error) {
    return fmt::format(
        "the responder failed: {}", printable(error, {.max_bytes = wire::kMaxErrorText})
    );
}

SendResult OrderedReplies::take(std::uint64_t id, const broker::Delivery& reply) {
    const ByteView payload = reply.message.payload;
    if (options_.datagram || queue_.is_oldest(id)) {
        const SendResult sent = write(payload, reply.owner);
        if (sent) {
            queue_.finish(id);
        }
        return sent;
    }
    // Known now, so that nothing is held that has no future.
    const SendResult writable = transport_.check_reply({{}, payload, nullptr});
    if (writable) {
        queue_.hold(id, payload);
    }
    return writable;
}

void OrderedReplies::write_held() {
    while (const auto held = queue_.pop_ready()) {
        if (const SendResult sent = write(held->bytes, &held->owner); !sent) {
            transport_.count_lost_replies(sent.error(), 1);
        }
    }
    note_held();
}

std::size_t OrderedReplies::drop_from(std::uint64_t id) {
    const ReplyQueue::Dropped dropped = queue_.drop_from(id);
    if (dropped.held > 0) {
        transport_.count_lost_replies({DropReason::connection_lost}, dropped.held);
    }
    note_held();
    return dropped.waiting;
}

SendResult OrderedReplies::write(ByteView payload, const ChunkRef* owner) {
    last_written_ = transport_.now();
    return transport_.send_reply({{}, payload, owner});
}

void OrderedReplies::note_held() {
    const HeldReplies now{queue_.held(), queue_.memory()};
    if (now != noted_) {
        noted_ = now;
        transport_.note_held_replies(now);
    }
}

}  // namespace telex::session::raw
