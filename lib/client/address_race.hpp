#pragma once
// Connects to one of several addresses of a server (RFC 8305, "Happy Eyeballs"): each attempt
// starts when the previous one has failed or `delay` has passed, and attempts run in parallel. The
// first success wins, the others are cancelled. So a refused address costs nothing, and a silent
// one costs `delay`.
//
// I/O thread only. `done` is called once, possibly inside start(), unless stop() is called first.
#include <telex/error.hpp>

#include <asio/generic/stream_protocol.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace telex::client {

using Socket = asio::generic::stream_protocol::socket;
using Remote = asio::generic::stream_protocol::endpoint;

// Orders the addresses: families alternate, beginning with the first one; the order within a family
// stays.
std::vector<Remote> alternate_families(std::vector<Remote> remotes);

// How long to wait for an address before the next one is tried in parallel: 250 ms, or less if
// there are so many that not all would be tried in half of `time`.
std::chrono::milliseconds race_delay(std::chrono::milliseconds time, std::size_t addresses);

class AddressRace : public std::enable_shared_from_this<AddressRace> {
public:
    struct Winner {
        Socket socket;
        // The addresses that have not failed: cancelled, or not tried.
        std::vector<Remote> others;
    };

    // An error lists the outcome of each address.
    using Done = std::function<void(Expected<Winner>)>;

    // `remotes` must not be empty.
    AddressRace(
        asio::io_context& io,
        std::vector<Remote> remotes,
        std::chrono::milliseconds delay,
        Done done
    );

    void start();
    // Cancels all attempts.
    void stop();

private:
    struct Attempt {
        Attempt(asio::io_context& io, Remote to) : socket(io), remote(std::move(to)) {}

        Socket socket;
        Remote remote;
        bool failed = false;
    };

    bool is_over() const { return done_ == nullptr; }

    void start_next();
    void on_connected(std::size_t index);
    void on_failed(std::size_t index, const std::string& why);
    std::vector<Remote> others_of(std::size_t winner) const;

    asio::io_context& io_;
    asio::steady_timer timer_;
    std::vector<Remote> remotes_;
    std::chrono::milliseconds delay_;
    Done done_;
    std::vector<Attempt> attempts_;  // for the first addresses of remotes_
    std::size_t failed_ = 0;
    std::string failures_;
};

}  // namespace telex::client
