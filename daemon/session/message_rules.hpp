#pragma once
// Checks of every publication, request and subscription before it reaches the exchange. Pure
// functions of the decoded frame and the listener's options; they cost nothing but comparisons when
// the frame is right.
//
//   subject                 publish   request   subscribe   reply
//   `$SYS.` and more        no        yes       yes         no
//   other `$`               no        no        yes         no
//   `_REPLY` and below      yes       no        no          no
//
// The exchange receives replies on `_REPLY.` subjects: a responder publishes its reply there. A
// reserved reply subject is refused because the responder would publish there with its own rights,
// on behalf of a client without them.
#include "access/users.hpp"
#include "broker/reserved_subjects.hpp"
#include "session/options.hpp"
#include "telex/v1/telex.pb.h"
#include "wire/frame_view.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telex::session {

using broker::kOperatorPrefix;
using broker::selects_events;

// Reply subjects of clients that subscribe to them.
inline constexpr std::string_view kInboxPrefix = "_INBOX.";

struct Problem {
    v1::ErrorCode code = v1::ERROR_CODE_UNSPECIFIED;
    std::string text;  // for the peer, names what is wrong
};

enum class MessageUse : std::uint8_t { publish, request };

[[nodiscard]] std::optional<Problem> check_message(
    const wire::MessageView& message, MessageUse use, const SessionOptions& options
);

// Everything but the id.
[[nodiscard]] std::optional<Problem> check_subscribe(
    const v1::Subscribe& subscribe, const SessionOptions& options
);

// Permissions of the user for a message or filter that passed the checks above. Replies to requests
// go to the requester, which the exchange guarantees, so they need no permission. A responder
// publishes to a reply subject on behalf of the sender: only where the sender itself may publish,
// or below `_INBOX.` where it may subscribe.
[[nodiscard]] std::optional<Problem> check_permission(
    const wire::MessageView& message, const access::User& user
);
[[nodiscard]] std::optional<Problem> check_permission(
    const v1::Subscribe& subscribe, const access::User& user
);

// For input of the user (null: any client).
std::size_t max_payload(const access::User* user);

// The table above alone, for subjects and filters whose grammar was checked.
[[nodiscard]] std::optional<Problem> check_reserved_target(
    std::string_view subject, MessageUse use
);
[[nodiscard]] std::optional<Problem> check_reserved_filter(std::string_view filter);

}  // namespace telex::session
