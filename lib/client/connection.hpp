#pragma once
// Carries out what ConnectionMachine decides: opens links, moves bytes, arms the timer, and keeps
// SharedState and the application up to date. I/O thread only, except where noted; shares
// SharedState with the application threads.
//
// A connection opens with Hello. After Welcome come the subscriptions, then the messages buffered
// meanwhile. A client that closes sends the buffered messages and Goodbye, shuts down its sending
// side and waits for the server to close, so that a reset does not destroy bytes in transit. A
// server that says Goodbye still gets the replies to its requests (leaving.hpp).
#include "auth/signing_key.hpp"
#include "base/time.hpp"
#include "client/callbacks.hpp"
#include "client/connection_machine.hpp"
#include "client/deadline_timer.hpp"
#include "client/endpoint.hpp"
#include "client/handshake.hpp"
#include "client/link.hpp"
#include "client/receiver.hpp"
#include "client/sender.hpp"
#include "client/shared_state.hpp"
#include "client/subscriptions.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace telex::client {

class Connection final : private Link::Handler, private Receiver::Handler {
public:
    struct Options {
        std::vector<Endpoint> servers;
        tls::ContextPtr tls;  // null if no server needs it
        std::optional<auth::SigningKey> key;
    };

    Connection(
        asio::io_context& io,
        SharedState& state,
        Subscriptions& subscriptions,
        Callbacks& callbacks,
        Options options
    );

    // Begins to look for a server.
    void start();
    // An application thread has put frames into the buffer, made a request, sent the last reply or
    // called close().
    void on_wake();

private:
    using Phase = SharedState::Phase;
    using Step = ConnectionMachine::Step;

    // --- Link::Handler ----------------------------------------------------------------------
    void on_open() override;
    std::size_t on_bytes(ByteView input) override;

    void on_wrote(std::size_t bytes) override {
        sender_.on_wrote(bytes);
        pump();
    }

    void on_end(const Error& reason) override {
        disconnect(reason);
        arm();
    }

    // --- Receiver::Handler ------------------------------------------------------------------
    void on_welcome(const Incoming& incoming) override;
    void on_challenge(const Incoming& incoming) override;
    void on_goodbye(const Incoming& incoming) override;
    void on_closing_error(Error error) override;

    void on_violation(std::string text) override {
        disconnect({Errc::server_protocol_error, std::move(text)});
    }

    void on_output() override { pump(); }

    // --- steps ------------------------------------------------------------------------------
    void carry_out(const Step& step);
    void open();
    void open_other();
    std::shared_ptr<Link> new_link(std::optional<SocketOwner> owner);
    void disconnect(const Error& seen);
    void send_ping();
    void finish(const Error& reason);

    // --- the state that applications see ------------------------------------------------------
    std::size_t welcome(const ServerInfo& info);
    void begin_leaving();
    void begin_close();
    void lost(const Error& reason);
    void round_failed(const Error& failure, std::uint32_t rounds);

    void pump();
    void report_work();
    void arm();
    void on_timer();

    SharedState& state_;
    Subscriptions& subscriptions_;
    Callbacks& callbacks_;
    asio::io_context& io_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    const tls::ContextPtr tls_;
    ConnectionMachine machine_;
    Handshake handshake_;
    Sender sender_;
    Receiver receiver_;
    DeadlineTimer timer_;
    std::shared_ptr<Link> link_;
    std::vector<Remote> other_addresses_;  // of the server, if its last link has ended
};

}  // namespace telex::client
