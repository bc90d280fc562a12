#pragma once
// Publishes, requests and flushes of the application. Any application thread.
#include "base/time.hpp"
#include "client/outgoing.hpp"
#include "client/shared_state.hpp"

#include <chrono>
#include <mutex>
#include <optional>

namespace telex::client {

class Publisher {
public:
    explicit Publisher(SharedState& state) : state_(state) {}

    [[nodiscard]] Expected<void> publish(const OutMessage& message);
    [[nodiscard]] Expected<void> request(
        const OutMessage& message, std::chrono::milliseconds timeout, Completion completion
    );
    [[nodiscard]] Expected<void> flush(TimePoint deadline);
    // Waits until no request is pending, then rejects new messages. Returns false if requests were
    // still pending at the deadline.
    [[nodiscard]] bool finish_requests(TimePoint deadline);

private:
    // --- require the state's mutex ----------------------------------------------------------
    [[nodiscard]] std::optional<Error> check_limits(
        const OutMessage& message, std::size_t frame_bytes
    ) const;
    // Waits for space in the buffer as the options say; checks everything again after each wait.
    [[nodiscard]] std::optional<Error> admit(
        std::unique_lock<std::mutex>& lock, const OutMessage& message, std::size_t frame_bytes
    );
    void count(const SizedMessage& message);

    SharedState& state_;
};

}  // namespace telex::client
