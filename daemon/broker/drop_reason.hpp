#pragma once
// Why a message did not reach its receiver: the closed list behind the counters, the log and
// traces.
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace telex::broker {

enum class DropReason : std::uint8_t {
    slow_newest,        // policy drop_newest
    slow_oldest,        // policy drop_oldest
    slow_disconnect,    // queued for a slow consumer that was disconnected
    connection_lost,    // queued when the connection ended
    shutting_down,      // queued when the drain timed out
    too_large,          // exceeds what the subscriber's listener or transport carries
    not_encodable,      // the subscriber's framing or protocol cannot carry this payload
    group_vanished,     // the last member of the queue group left before delivery
    late_answer,        // reply to a request that was replied to, timed out, or lost its requester
    amplification,      // datagram reply larger than its request allows
    unwritable_answer,  // the requester's listener cannot write this reply
    no_credit,          // waited for credit when its subscription ended
    expired,            // waited longer than max_pending_age, or for a detached client that expired
    not_permitted,      // the subscriber lost its right while the message waited for credit
};

inline constexpr std::size_t kDropReasons = 14;

// Stable snake_case name.
std::string_view name_of(DropReason reason);

}  // namespace telex::broker
