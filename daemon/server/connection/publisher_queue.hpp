#pragma once
// The input of a paused publisher: publications, requests and flushes, in their order. Its other
// frames (ping, unsubscribe) are still handled, so that our own throttle does not make a peer look
// dead.
//
//   pause -> push* -> resume -> take*, until it returns nothing
//
// Owner and thread: the connection's.
#include "base/allocated.hpp"
#include "base/ring.hpp"
#include "broker/port.hpp"
#include "exchange/stored_message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace telex::server {

class PublisherQueue {
public:
    // While this much waits, the connection reads nothing.
    static constexpr std::size_t kMaxBytes = 64U << 10U;

    struct Entry {
        enum class Kind : std::uint8_t { publish, publish_with, request, flush };
        Kind kind = Kind::publish;
        exchange::StoredMessage message{};    // publish, request; with PublishOptions::reply_to
        std::uint64_t id = 0;                 // of a confirmation, request or flush
        std::string route_by{};               // PublishOptions::route_by
        std::uint64_t durable = 0;            // PublishOptions::durable
        bool echoes = false;                  // PublishOptions::echoes
        std::chrono::milliseconds timeout{};  // request
    };

    // Pauses are counted.
    void pause() { ++state().pauses; }

    // Returns true if no pause is left.
    [[nodiscard]] bool resume() {
        const bool last = --state_->pauses == 0;
        release_if_idle();
        return last;
    }

    bool is_paused() const { return state_ && state_->pauses > 0; }

    // New entries must queue: the publisher is paused, or earlier entries wait.
    bool holds_back() const { return state_ != nullptr; }

    bool is_full() const { return is_paused() && memory() >= kMaxBytes; }

    void push(Entry entry);
    void push_publish(const broker::Publication& publication);
    void push_publish_with(
        const broker::Publication& publication, const broker::PublishOptions& options
    );
    void push_request(
        const broker::Publication& publication, std::uint64_t id, std::chrono::milliseconds timeout
    );

    void push_flush(std::uint64_t id) { push({.kind = Entry::Kind::flush, .id = id}); }

    // Returns nothing while the publisher is paused, and when the queue is empty.
    [[nodiscard]] std::optional<Entry> take();
    // Passes one entry to the exchange. Returns false if there is none to take.
    bool release_one(broker::Port& port);

    // Of the queue and its entries.
    std::size_t memory() const {
        return state_ && !state_->entries.empty()
                   ? state_->bytes + allocated(sizeof(State)) + state_->entries.memory()
                   : 0;
    }

    void clear();

    // Releases what the queue does not use.
    void shrink() {
        if (state_) {
            state_->entries.shrink();
        }
    }

private:
    // While the publisher is paused, or entries wait.
    struct State {
        unsigned pauses = 0;
        std::size_t bytes = 0;  // that the entries own
        Ring<Entry> entries;
    };

    State& state() {
        if (!state_) {
            state_ = std::make_unique<State>();
        }
        return *state_;
    }

    void release_if_idle() {
        if (state_->pauses == 0 && state_->entries.empty()) {
            state_.reset();
        }
    }

    // Beside its place in the queue.
    static std::size_t memory_of(const Entry& entry);

    std::unique_ptr<State> state_;  // null: not paused, and empty
};

}  // namespace telex::server
