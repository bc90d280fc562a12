#include "protocols/telex/telex_session.hpp"

#include "wire/frame_encoding.hpp"
#include "wire/writer.hpp"

#include <algorithm>
#include <string>

namespace telex::session::native {

SendResult TelexSession::deliver(const Delivery& delivery) {
    if (is_closed()) {
        return not_sent(DropReason::connection_lost);
    }
    char head[wire::kMaxDeliveryHead];
    const std::size_t body_size = delivery.message.body.size();
    std::size_t size =
        wire::write_delivery_head(head, delivery.subscription, body_size, delivery.reply_to);
    if (size == 0 && delivery.reply_to == delivery.message.reply) [[unlikely]] {
        // Too long for the head; the client reads it from the message.
        size = wire::write_delivery_head(head, delivery.subscription, body_size);
    }
    if (size == 0) {
        transport().count_refusal(v1::INTERNAL);  // the exchange's own are shorter
        return not_sent(DropReason::not_encodable);
    }
    return transport().send_delivery(
        {{head, size}, delivery.message.body, delivery.owner}, delivery.key
    );
}

SendResult TelexSession::deliver_stored(const broker::StoredDelivery& delivery) {
    if (is_closed()) {
        return not_sent(DropReason::connection_lost);
    }
    char head[wire::kMaxStoredHead];
    const std::size_t size = wire::write_stored_head(
        head, delivery.subscription, delivery.body.size(), delivery.position
    );
    return transport().send_stored({{head, size}, delivery.body, nullptr});
}

// Messages of the same size have the same head.
std::size_t TelexSession::deliver_run(const broker::RunDelivery& delivery) {
    if (is_closed()) {
        return 0;
    }
    std::span<const wire::PlainMessage> left = delivery.run.messages;
    while (!left.empty()) {
        const std::size_t body_size = left.front().body.size();
        const auto end = std::ranges::find_if(left, [&](const wire::PlainMessage& message) {
            return message.body.size() != body_size;
        });
        const auto count = static_cast<std::size_t>(end - left.begin());
        char head[wire::kMaxDeliveryHead];
        const std::size_t size = wire::write_delivery_head(head, delivery.subscription, body_size);
        const std::size_t sent = transport().send_deliveries(
            {head, size},
            {delivery.run.subject, left.first(count), delivery.run.owner},
            delivery.key
        );
        left = left.subspan(sent);
        if (sent != count) {
            break;
        }
    }
    return delivery.run.messages.size() - left.size();
}

SendResult TelexSession::put_reply(
    std::uint64_t request, const wire::MessageView& message, const ChunkRef* owner
) {
    char head[wire::kMaxReplyHead];
    const std::size_t size = wire::write_reply_head(head, request, message.body.size());
    return transport().send_reply({{head, size}, message.body, owner});
}

SendResult TelexSession::put(const v1::Frame& frame) {
    std::string bytes;
    wire::append_frame(bytes, frame);
    return transport().send_control({bytes, {}, nullptr});
}

SendResult TelexSession::put_stored(std::uint64_t request, const broker::StoredOutcome& outcome) {
    std::string bytes;
    wire::append_stored(bytes, request, outcome.stream, outcome.sequence, outcome.duplicate);
    return transport().send_control({bytes, {}, nullptr});
}

}  // namespace telex::session::native
