#include "session/telex_session.hpp"

#include "wire/writer.hpp"

#include <string>

namespace telex::session {

void TelexSession::deliver(const Delivery& delivery) {
    if (is_closed()) {
        return;
    }
    char head[wire::kMaxDeliveryHead];
    const std::size_t size = wire::write_delivery_head(
        head, delivery.subscription, delivery.message.body.size(), delivery.reply_to
    );
    if (size == 0) {
        host().count_refusal(v1::INTERNAL);  // a reply subject that the exchange does not make
        return;
    }
    host().send_delivery({{head, size}, delivery.message.body, delivery.owner});
}

void TelexSession::write_answer(
    std::uint64_t request, const wire::MessageView& message, const ChunkRef* owner
) {
    char head[wire::kMaxAnswerHead];
    const std::size_t size = wire::write_answer_head(head, request, message.body.size());
    host().send_control({{head, size}, message.body, owner});
}

void TelexSession::write(const v1::Frame& frame) {
    std::string bytes;
    wire::append_frame(bytes, frame);
    host().send_control({bytes, {}, nullptr});
}

}  // namespace telex::session
