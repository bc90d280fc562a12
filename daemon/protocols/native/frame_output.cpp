#include "protocols/native/frame_output.hpp"

#include "wire/errors.hpp"

#include <string>

namespace telex::session::native {

void FrameOutput::write(const v1::Frame& frame) {
    SendResult sent = put(frame);
    if (!sent && frame.has_error()) {
        v1::Frame shorter = frame;
        shorter.mutable_error()->clear_text();
        sent = put(shorter);
    }
    if (!sent) {
        transport_.count_unsent(sent.error(), 1);
    }
}

void FrameOutput::write_stored(std::uint64_t request, const broker::StoredOutcome& outcome) {
    if (const SendResult sent = put_stored(request, outcome); !sent) {
        transport_.count_unsent(sent.error(), 1);
    }
}

SendResult FrameOutput::put_stored(std::uint64_t request, const broker::StoredOutcome& outcome) {
    v1::Frame frame;
    frame.set_request(request);
    frame.mutable_stored()->set_stream(std::string(outcome.stream));
    frame.mutable_stored()->set_sequence(outcome.sequence);
    frame.mutable_stored()->set_duplicate(outcome.duplicate);
    return put(frame);
}

void FrameOutput::report(v1::ErrorCode code, std::string_view text, std::uint64_t subscription) {
    transport_.count_refusal(code);
    if (!options_.datagram || !wire::closes(code)) {
        write(wire::make_error(code, text, false, subscription));
    }
}

void FrameOutput::fail(v1::ErrorCode code, CloseReason reason, std::string_view text) {
    transport_.count_refusal(code);
    if (options_.datagram) {
        return;
    }
    const v1::Frame frame = wire::make_error(code, text, true);
    write(frame);
    closed_ = true;
    transport_.close(reason, frame.error().text());
}

void FrameOutput::fail_unexpected(std::string_view text) {
    fail(v1::UNEXPECTED_FRAME, CloseReason::protocol_violation, text);
}

void FrameOutput::refuse_request(std::uint64_t request, v1::ErrorCode code, std::string_view text) {
    transport_.count_refusal(code);
    write_request_error(request, code, text);
}

void FrameOutput::write_request_error(
    std::uint64_t request, v1::ErrorCode code, std::string_view text
) {
    v1::Frame frame = wire::make_error(code, text, false);
    frame.set_request(request);
    write(frame);
}

void FrameOutput::refuse_durable(std::uint64_t request, const broker::StoredOutcome& outcome) {
    transport_.count_refusal(outcome.code);
    v1::Frame frame = wire::make_error(outcome.code, outcome.text, false);
    frame.set_request(request);
    frame.mutable_error()->set_sequence(outcome.sequence);
    write(frame);
}

void FrameOutput::write_refusal(const Refusal& refusal) {
    v1::Frame frame =
        wire::make_error(refusal.code, refusal.text, refusal.closing, refusal.subscription);
    frame.mutable_error()->set_pending_bytes(refusal.pending_bytes);
    frame.mutable_error()->set_limit(refusal.limit);
    write(frame);
    closed_ = closed_ || refusal.closing;
}

void FrameOutput::close(CloseReason reason) {
    closed_ = true;
    transport_.close(reason, "");
}

}  // namespace telex::session::native
