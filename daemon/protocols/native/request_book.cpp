#include "protocols/native/request_book.hpp"

#include "wire/errors.hpp"

#include <fmt/format.h>

namespace telex::session::native {

void RequestBook::open(const wire::FrameView& frame, const ChunkRef* owner, bool draining) {
    const std::uint64_t id = frame.request;
    const auto timeout = frame.timeout_ms == 0 ? output_.options().default_request_timeout
                                               : std::chrono::milliseconds(frame.timeout_ms);
    if (const auto problem = check(frame, timeout, draining)) {
        output_.refuse_request(id, problem->code, problem->text);
        return;
    }
    waiting_.insert(id);
    output_.broker().request({frame.message, owner}, id, timeout);
}

std::optional<Problem> RequestBook::check(
    const wire::FrameView& frame, std::chrono::milliseconds timeout, bool draining
) const {
    if (draining) {
        return Problem{v1::SHUTTING_DOWN, "the exchange is shutting down"};
    }
    if (waiting_.size() >= output_.options().max_pending_requests) {
        return Problem{
            v1::TOO_MANY_REQUESTS, fmt::format("{} requests wait for a reply", waiting_.size())
        };
    }
    if (timeout > output_.options().max_request_timeout) {
        return Problem{
            v1::BAD_REQUEST,
            fmt::format(
                "the time-out is over the limit of {} ms",
                output_.options().max_request_timeout.count()
            )
        };
    }
    return gate_.check_request(frame.message);
}

SendResult RequestBook::on_reply(std::uint64_t id, const Delivery& reply) {
    if (output_.is_closed() || !waiting_.erase(id)) {
        return not_sent(DropReason::connection_lost);
    }
    const SendResult sent = output_.put_reply(id, reply.message, reply.owner);
    if (!sent) {
        const v1::ErrorCode code = broker::code_of_unsent_reply(sent.error());
        output_.refuse_request(id, code, wire::meaning_of(code));
    }
    return sent;
}

void RequestBook::on_failed(std::uint64_t id, v1::ErrorCode code) {
    if (!output_.is_closed() && waiting_.erase(id)) {
        output_.write_request_error(id, code, wire::meaning_of(code));
    }
}

}  // namespace telex::session::native
