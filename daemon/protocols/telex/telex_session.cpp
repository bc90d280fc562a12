#include "protocols/telex/telex_session.hpp"

#include "wire/frame_encoding.hpp"
#include "wire/writer.hpp"

#include <string>

namespace telex::session {

SendResult TelexSession::deliver(const Delivery& delivery) {
    if (is_closed()) {
        return not_sent(DropReason::connection_lost);
    }
    char head[wire::kMaxDeliveryHead];
    const std::size_t size = wire::write_delivery_head(
        head, delivery.subscription, delivery.message.body.size(), delivery.reply_to
    );
    if (size == 0) {
        transport().count_refusal(v1::INTERNAL);  // a reply subject that the exchange does not make
        return not_sent(DropReason::not_encodable);
    }
    return transport().send_delivery(
        {{head, size}, delivery.message.body, delivery.owner}, delivery.subscription
    );
}

SendResult TelexSession::put_answer(
    std::uint64_t request, const wire::MessageView& message, const ChunkRef* owner
) {
    char head[wire::kMaxAnswerHead];
    const std::size_t size = wire::write_answer_head(head, request, message.body.size());
    return transport().send_reply({{head, size}, message.body, owner});
}

SendResult TelexSession::put(const v1::Frame& frame) {
    std::string bytes;
    wire::append_frame(bytes, frame);
    return transport().send_control({bytes, {}, nullptr});
}

}  // namespace telex::session
