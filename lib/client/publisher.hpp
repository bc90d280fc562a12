#pragma once
// Publishes, requests and flushes of the application. Any thread, except where noted.
#include "base/time.hpp"
#include "client/completion.hpp"
#include "client/outgoing.hpp"
#include "client/shared_state.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
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
    [[nodiscard]] Expected<void> publish_durable(
        const OutMessage& message, std::chrono::milliseconds timeout, Done<StoredAt> done
    );
    // Waits for a connection if there is none. If it returns an error, `done` is not called.
    [[nodiscard]] Expected<void> flush(TimePoint deadline, Done<void> done);
    // Waits until no request is pending, then rejects new messages. Passes false if requests were
    // still pending at the deadline. I/O thread.
    void finish_requests(TimePoint deadline, std::function<void(bool)> done);

private:
    // --- require the state's mutex ----------------------------------------------------------
    // Limits of the exchange for a message.
    enum class Limit : std::uint8_t { none, frame, subject, headers };

    Limit exceeded_limit(const OutMessage& message, std::size_t frame_bytes) const;
    std::uint64_t max_frame_bytes() const;
    Error error_of(Limit limit, const OutMessage& message, std::size_t frame_bytes) const;
    // Returns whether the message can be appended now: admit() would not fail and not wait.
    bool accepts(const OutMessage& message, std::size_t frame_bytes) const;
    // Waits for space in the buffer as the options say; checks everything again after each wait.
    [[nodiscard]] std::optional<Error> admit(
        std::unique_lock<std::mutex>& lock, const OutMessage& message, std::size_t frame_bytes
    );
    void count(const SizedMessage& message);

    // Begins a request or a durable publication: append(id, milliseconds) appends its frame.
    // `refuse()` returns an error of the connection, if any. Takes the mutex.
    template <class Refuse, class Append>
    [[nodiscard]] Expected<void> begin(
        const SizedMessage& message,
        std::chrono::milliseconds timeout,
        Completion completion,
        Refuse refuse,
        Append append
    );
    void send_flush(TimePoint deadline, Done<void> done);

    // --- I/O thread ---------------------------------------------------------------------------
    void flush_connected(TimePoint deadline, const Done<void>& done);
    [[nodiscard]] Expected<void> outcome_of_flush(std::uint64_t id, std::uint64_t epoch) const;
    // Rejects new messages. Returns whether no request is pending.
    bool seal();

    SharedState& state_;
};

}  // namespace telex::client
