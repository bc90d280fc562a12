#include "protocols/raw/status_refusal.hpp"

#include "wire/errors.hpp"

#include <fmt/format.h>

#include <utility>

namespace telex::session::raw {
namespace {

std::string_view status_of(v1::ErrorCode code) {
    switch (code) {
        case v1::BAD_FRAME:
        case v1::WRONG_PROTOCOL:
            return "400 Bad Request";
        case v1::NOT_AUTHENTICATED:
        case v1::PERMISSION_DENIED:
            return "403 Forbidden";
        case v1::IDLE_TIMEOUT:
            return "408 Request Timeout";
        case v1::FRAME_TOO_LARGE:
        case v1::PAYLOAD_TOO_LARGE:
            return "413 Content Too Large";
        case v1::RESPONDER_GONE:
        case v1::RESPONDER_FAILED:
        case v1::ANSWER_TOO_LARGE:
        case v1::UNEXPECTED_FRAME:  // a reply that is not one
            return "502 Bad Gateway";
        case v1::NO_RESPONDERS:
        case v1::TOO_MANY_REQUESTS:
        case v1::TOO_MANY_CONNECTIONS:
        case v1::OVER_MEMORY_BUDGET:
        case v1::AUTHENTICATION_BUSY:
        case v1::SHUTTING_DOWN:
            return "503 Service Unavailable";
        case v1::TIMEOUT:
            return "504 Gateway Timeout";
        default:
            return "500 Internal Server Error";
    }
}

std::string_view status_of(codec::FrameError error) {
    switch (error) {
        case codec::FrameError::transfer_encoding:
            return "501 Not Implemented";
        case codec::FrameError::head_too_large:
            return "431 Request Header Fields Too Large";
        case codec::FrameError::foreign_page:
            return status_of(v1::PERMISSION_DENIED);
        case codec::FrameError::too_large:
            return status_of(v1::FRAME_TOO_LARGE);
        default:
            return status_of(v1::BAD_FRAME);
    }
}

std::string response(std::string_view protocol, std::string_view status, std::string_view reason) {
    return fmt::format(
        "{} {}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{}\n",
        protocol,
        status,
        reason.size() + 1,
        reason
    );
}

}  // namespace

void StatusRefusal::note(v1::ErrorCode code) {
    if (!protocol_.empty()) {
        text_ = response(protocol_, status_of(code), wire::meaning_of(code));
    }
}

void StatusRefusal::note_late(v1::ErrorCode code) {
    if (text_.empty()) {
        note(code);
    }
}

void StatusRefusal::note(const broker::Refusal& refusal, bool before_frames) {
    if (refusal.framing && !protocol_.empty()) {
        text_ = response(protocol_, status_of(*refusal.framing), refusal.text);
    } else if (before_frames || refusal.code == v1::IDLE_TIMEOUT) {
        note(refusal.code);
    }
}

void StatusRefusal::write(Transport& transport) {
    const std::string text = std::exchange(text_, {});
    if (text.empty()) {
        return;
    }
    if (const SendResult sent = transport.send_bytes(text); !sent) {
        transport.count_unsent(sent.error(), 1);
    }
}

}  // namespace telex::session::raw
