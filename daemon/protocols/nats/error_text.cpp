#include "protocols/nats/error_text.hpp"

#include "base/printable.hpp"

#include <fmt/format.h>

namespace telex::session::nats {

namespace {

constexpr std::size_t kMaxSubject = 120;
constexpr std::size_t kMaxQueue = 40;

std::string quoted(std::string_view text, std::size_t max_bytes) {
    return printable(text, {.max_bytes = max_bytes, .keep = {}, .escape = "\"'"});
}

std::optional<std::string> text_of_frame_error(const broker::Refusal& refusal) {
    using codec::FrameError;
    const FrameError error = refusal.framing.value_or(FrameError::bad_trailer);
    switch (error) {
        case FrameError::too_large:
            return "Maximum Payload Violation";
        case FrameError::head_too_large:
            return "maximum control line exceeded";
        case FrameError::truncated:
            return std::nullopt;
        default:
            return std::string(kUnknownOperation);
    }
}

}  // namespace

std::string publish_violation(std::string_view subject) {
    return fmt::format("Permissions Violation for Publish to \"{}\"", quoted(subject, kMaxSubject));
}

std::string subscribe_violation(std::string_view subject, std::string_view queue) {
    std::string text = fmt::format(
        "Permissions Violation for Subscription to \"{}\"", quoted(subject, kMaxSubject)
    );
    if (!queue.empty()) {
        text += fmt::format(" using queue \"{}\"", quoted(queue, kMaxQueue));
    }
    return text;
}

std::string other_violation(std::string_view text) {
    return "Permissions Violation: " +
           printable(text, {.max_bytes = kMaxErrorText - 32, .keep = {}, .escape = "'"});
}

std::optional<std::string> text_of(const broker::Refusal& refusal) {
    switch (refusal.code) {
        case v1::BAD_FRAME:
        case v1::FRAME_TOO_LARGE:
            return text_of_frame_error(refusal);
        case v1::WRONG_PROTOCOL:
            return std::string(kUnknownOperation);
        case v1::NOT_AUTHENTICATED:
        case v1::AUTHENTICATION_BUSY:
            return std::string(kNotAuthenticated);
        case v1::HELLO_TIMEOUT:
            return std::string(kConnectTimeout);
        case v1::IDLE_TIMEOUT:
            return std::string(kStaleConnection);
        case v1::TOO_MANY_CONNECTIONS:
            return "maximum connections exceeded";
        case v1::SLOW_CONSUMER:
            return fmt::format(
                "Permissions Violation: slow consumer, {} bytes pending, limit {}",
                refusal.pending_bytes,
                refusal.limit
            );
        default:
            return refusal.closing ? std::nullopt : std::optional(other_violation(refusal.text));
    }
}

}  // namespace telex::session::nats
