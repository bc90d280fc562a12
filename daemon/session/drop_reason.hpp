#pragma once
// Why a message did not reach its peer: one closed list for the counters, the log and traces, and
// what a sender is told.
#include "base/result.hpp"
#include "codec/frame_error.hpp"
#include "telex/v1/error.pb.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace telex::session {

enum class DropReason : std::uint8_t {
    slow_newest,        // policy drop_newest
    slow_oldest,        // policy drop_oldest
    slow_disconnect,    // queued for a consumer that was cut off
    connection_lost,    // queued when the connection ended
    shutting_down,      // queued when the drain's time was over
    too_large,          // larger than the subscriber's listener or transport carries
    not_encodable,      // the subscriber's framing or protocol cannot carry this payload
    group_vanished,     // a queue group's last member left while the message was under way
    late_answer,        // the request was answered, timed out, or its client left
    amplification,      // a datagram answer larger than its request allows
    unwritable_answer,  // the asker's listener cannot write this answer
    no_credit,          // waited for credit when its subscription ended
    expired,            // waited longer than max_pending_age
    not_permitted,      // the subscriber lost its right while the message waited for credit
};

inline constexpr std::size_t kDropReasons = 14;

// Stable snake_case name.
std::string_view name_of(DropReason reason);

// Why a frame was not written.
struct SendFault {
    DropReason reason = DropReason::not_encodable;
    // What the framing has against it, where it is the framing.
    std::optional<codec::FrameError> framing{};
};

// What became of a message that was to be written: it is in the peer's queue, or why not.
using SendResult = Result<void, SendFault>;

inline tl::unexpected<SendFault> not_sent(
    DropReason reason, std::optional<codec::FrameError> framing = std::nullopt
) {
    return tl::unexpected(SendFault{reason, framing});
}

// What an asker is told whose answer cannot be written.
v1::ErrorCode code_of_unsent_answer(const SendFault& fault);

// Why a message was dropped that a framing refuses to write.
DropReason reason_of(codec::FrameError error);

}  // namespace telex::session
