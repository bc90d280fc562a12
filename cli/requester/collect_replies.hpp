#pragma once
// Collects the replies of several responders to one request. An exchange returns one reply to a
// request; for more, the request is a message whose reply subject this client subscribes to.
#include "cli/terminal/signal_waiter.hpp"
#include <telex/client.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace telex::cli {

struct CollectOptions {
    std::string subject;
    std::string inbox = "inbox";       // the reply subject begins with it
    std::optional<std::uint64_t> max;  // nullopt: all that arrive in time
    std::chrono::milliseconds timeout{0};
};

struct Collected {
    std::uint64_t replies = 0;
    Wake end = Wake::notified;  // timed_out, interrupted or output_closed; notified: complete
};

// Calls `take` for each reply, on this thread, until it returns false. Errors: those of subscribe()
// and publish(), and closed.
[[nodiscard]] Expected<Collected> collect_replies(
    Client& client,
    SignalWaiter& signals,
    const CollectOptions& options,
    std::string_view payload,
    PublishOptions message,
    const std::function<bool(const Message&)>& take
);

}  // namespace telex::cli
