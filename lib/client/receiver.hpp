#pragma once
// Decodes the bytes of the server and passes on what they contain: deliveries to the subscriptions,
// replies to the requests, and what concerns the connection to its handler. I/O thread only.
#include "base/bytes.hpp"
#include "client/callbacks.hpp"
#include "client/delivery_batch.hpp"
#include "client/incoming.hpp"
#include "client/pending_replies.hpp"
#include "client/shared_state.hpp"
#include "client/subscriptions.hpp"
#include "codec/decoder.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace telex::client {

class Receiver {
public:
    class Handler {
    public:
        virtual ~Handler() = default;
        virtual void on_welcome(const Incoming& incoming) = 0;
        virtual void on_challenge(const Incoming& incoming) = 0;
        virtual void on_goodbye(const Incoming& incoming) = 0;
        // The server closes the connection because of `error`.
        virtual void on_closing_error(Error error) = 0;
        // The server violated the protocol.
        virtual void on_violation(std::string text) = 0;
        // A frame was put into the buffer.
        virtual void on_output() = 0;
    };

    Receiver(
        SharedState& state, Subscriptions& subscriptions, Callbacks& callbacks, Handler& handler
    );

    // Starts a new connection: an empty decoder and the default frame limit.
    void begin();

    // Ends the connection: decode() stops after the current frame.
    void end() {
        ++connection_;
        replies_->end();
    }

    // The replies to requests of this connection.
    PendingReplies& replies() { return *replies_; }

    // Drops further deliveries; the client closes.
    void ignore_deliveries() { ignoring_deliveries_ = true; }

    // Sets the frame limit for a server that accepts frames of `announced` bytes; 0: unknown.
    void limit_frames(std::uint64_t announced);
    // Decodes whole frames; returns the number of bytes used.
    std::size_t decode(ByteView input);

private:
    std::size_t take_whole_frames(ByteView input);
    // Returns whether it is a plain delivery.
    bool on_frame(ByteView frame);
    void on_control(const Incoming& incoming);
    void on_delivery(
        std::uint64_t number,
        ByteView body,
        std::string_view reply_to,
        const wire::Position* position
    );
    void on_error(const Incoming& incoming);
    void on_ping(std::uint64_t nonce);
    void on_flushed(std::uint64_t id);
    void count(std::size_t bytes);

    SharedState& state_;
    Subscriptions& subscriptions_;
    Callbacks& callbacks_;
    Handler& handler_;
    std::unique_ptr<codec::Decoder> decoder_;
    std::uint64_t connection_ = 0;  // changes with the connection
    std::shared_ptr<PendingReplies> replies_ = std::make_shared<PendingReplies>();
    DeliveryBatch batch_;                  // of the current read
    std::uint64_t received_messages_ = 0;  // not yet added to the counters
    bool ignoring_deliveries_ = false;
};

}  // namespace telex::client
