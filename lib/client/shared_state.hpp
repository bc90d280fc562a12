#pragma once
// The state that application threads and the I/O thread share: what waits to be sent, what waits
// for a reply, and the phase of the connection.
//
//   connecting --Welcome--> connected --Goodbye or closing Error--> leaving (leaving.hpp)
//     ^  |                      |                                      |
//     |  '-- next server; after the last one wait (Backoff) ---.       |
//     '---------------------- connection lost ---------------'---------'
//   any phase --close(), reconnect disabled, credentials rejected--> closed (final)
//
// The phase changes on the I/O thread only. Everything below `mutex` is guarded by it. It is never
// held while application code runs. Lock order: this mutex, then a subscription's or the
// dispatcher's.
#include "base/time.hpp"
#include "client/deadlines.hpp"
#include "client/outcome_batch.hpp"
#include "client/process_mark.hpp"
#include "client/publish_buffer.hpp"
#include "client/request_table.hpp"
#include "client/waits.hpp"
#include <telex/client.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace telex::client {

struct SharedState {
    enum class Phase : std::uint8_t { connecting, connected, leaving, closed };

    // `post_wake` posts the connection's on_wake to the I/O thread.
    SharedState(
        std::shared_ptr<const ClientOptions> client_options, std::function<void()> post_wake
    )
        : options(std::move(client_options)),
          buffer(options->max_buffered_bytes),
          post_wake_(std::move(post_wake)) {}

    // Returns whether this is a forked child: it must not touch the state.
    bool is_inherited() const { return process.is_inherited(); }

    // --- I/O thread, without the mutex: they run completions ----------------------------------
    // Removes a request or durable publication, to complete it. Returns an empty one if it is
    // unknown: it has a reply, or has timed out.
    [[nodiscard]] Completion take_request(std::uint64_t id);
    // Fails the requests and ends the waits whose deadline has passed.
    void expire(TimePoint now);
    // Ends the waits that are due; all of them if the client is closed.
    void run_waits();

    // --- requires the mutex -----------------------------------------------------------------
    bool is_open() const { return phase != Phase::closed && !closing; }

    bool is_connected() const { return phase == Phase::connected; }

    // Where frames for the present connection go that a server gets until its end: replies to its
    // requests, and Ping and Pong.
    std::string& last_frames() {
        return phase == Phase::leaving ? buffer.last() : buffer.pending();
    }

    // Outcomes come before what is appended to the buffer next.
    void put_outcomes() {
        if (phase == Phase::connected || phase == Phase::leaving) {
            outcomes.move_to(last_frames());
        }
    }

    Error closed_error() const;

    // Of requests and waits.
    std::optional<TimePoint> next_deadline() const {
        return earlier(requests.next_deadline(), waits.next_deadline());
    }

    // Called after each change that a wait may be for.
    void notify_changed();
    // Requires that the client is not closed, or the I/O thread.
    void wait_for(Wait wait);
    // Tells the I/O thread that there is work. While it writes, it looks for work anyway.
    void wake();

    // The same without the mutex.
    void wake_now() const { post_wake_(); }

    const ProcessMark process;
    const std::shared_ptr<const ClientOptions> options;

    mutable std::mutex mutex;
    std::condition_variable changed;  // phase, subscriptions, requests, flushes
    std::condition_variable room;     // space in the buffer
    Phase phase = Phase::connecting;
    bool closing = false;   // close() was called
    bool draining = false;  // rejects subscriptions
    bool sealed = false;    // rejects messages
    bool wake_posted = false;
    bool write_running = false;
    std::uint32_t waiting_for_room = 0;
    std::uint64_t epoch = 0;  // connections lost
    std::uint32_t failed_rounds = 0;
    Error last_failure;
    PublishBuffer buffer;
    OutcomeBatch outcomes;
    RequestTable requests;
    Waits waits;
    std::uint64_t last_flush = 0;
    std::uint64_t last_flushed = 0;
    std::optional<ServerInfo> info;
    Statistics counters;

private:
    const std::function<void()> post_wake_;
};

}  // namespace telex::client
