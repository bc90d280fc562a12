#pragma once
// Connects to the servers in turn, keeps the connection and reconnects. I/O thread only, except
// where noted; shares SharedState with the application threads.
//
// A connection opens with Hello. After Welcome come the subscriptions, then the messages buffered
// meanwhile. A client that closes sends the buffered messages and Goodbye, shuts down its sending
// side and waits for the server to close, so that a reset does not destroy bytes in transit. A
// server that says Goodbye still gets the replies to its requests (leaving.hpp).
#include "auth/signing_key.hpp"
#include "base/time.hpp"
#include "client/callbacks.hpp"
#include "client/deadline_timer.hpp"
#include "client/endpoint.hpp"
#include "client/handshake.hpp"
#include "client/leaving.hpp"
#include "client/link.hpp"
#include "client/receiver.hpp"
#include "client/sender.hpp"
#include "client/server_search.hpp"
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

    // Begins the first round over the servers.
    void start_round();
    // An application thread has put frames into the buffer, made a request or called close().
    void on_wake();

private:
    using Phase = SharedState::Phase;

    // --- one attempt at one server ----------------------------------------------------------
    void attempt();
    std::shared_ptr<Link> new_link(std::optional<SocketOwner> owner);
    bool try_other_address(const Error& reason);
    void attempt_failed(const Error& reason);
    void round_failed(Errc code);

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

    // --- the end of a connection, and of the client -----------------------------------------
    void leave(bool stays);
    void update_leaving();
    bool is_alive() const;
    void disconnect(const Error& seen);
    void lost(const Error& reason);
    void begin_close();
    void finish(const Error& reason);

    void pump();
    std::size_t welcome(const ServerInfo& info);
    void arm();
    void on_timer();
    void check_silence(TimePoint now);

    SharedState& state_;
    Subscriptions& subscriptions_;
    Callbacks& callbacks_;
    asio::io_context& io_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    const tls::ContextPtr tls_;
    Handshake handshake_;
    Sender sender_;
    Receiver receiver_;
    DeadlineTimer timer_;
    std::shared_ptr<Link> link_;
    ServerSearch search_;
    std::optional<Error> announced_end_;  // by Goodbye or a closing Error
    Leaving leaving_;
    bool reconnect_at_once_ = false;
    bool close_begun_ = false;
    bool ping_sent_ = false;
    TimePoint connected_at_;
    TimePoint last_received_;
    Deadlines deadlines_;
};

}  // namespace telex::client
