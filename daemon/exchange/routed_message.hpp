#pragma once
// A message while it is routed: views of the caller's bytes, and what routing has to know.
#include "access/accounts.hpp"
#include "base/chunk.hpp"
#include "broker/client_id.hpp"
#include "exchange/trace_set.hpp"
#include "router/member_load.hpp"
#include "wire/frame_view.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace telex::exchange {

struct RoutedMessage {
    const wire::MessageView& message;
    const ChunkRef* owner;     // of message.body; null if it is valid during the call only
    std::string_view subject;  // that it is routed by
    std::string_view reply_to;
    broker::ClientId publisher;
    access::AccountId account = access::kDefaultAccount;
    TraceSet traces = 0;
    // A target that has left is reported to the requester, if this is a request: "no responders".
    // Of a message that was not sent as a request, only a single target.
    bool reports_absence = true;
    bool is_request = false;
    // A request with a single receiver: it fails when that one leaves without a reply.
    bool awaits_reply = false;
    // How often it was passed on because its target could not take it.
    std::uint8_t hops = 0;
    // Its place in a queue group's line; moves with the message.
    router::WaitingTicket* ticket = nullptr;
    // Number in Confirmations; 0: its publisher did not ask for the outcome.
    std::uint64_t confirmation = 0;
    // As PublishOptions::echoes.
    bool echoes = false;
    // Number of targets of the last route. Set for requests.
    std::size_t targets = 0;

    // The connection whose subscriptions without echo do not get it; 0: none.
    std::uint64_t echo_key() const { return echoes ? 0 : publisher.key(); }
};

// The bytes that a message takes in a queue: its body, head, framing and bookkeeping.
constexpr std::size_t queued_size(std::size_t body) {
    constexpr std::size_t kOverhead = 48;
    return body + kOverhead;
}

inline std::size_t queued_size(const wire::MessageView& message) {
    return queued_size(message.body.size());
}

// A queue group, in any account.
using GroupKey = std::pair<access::AccountId, std::string>;

}  // namespace telex::exchange
