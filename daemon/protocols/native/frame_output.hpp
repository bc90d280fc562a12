#pragma once
// The writing side of a native session: frames, errors, and the close. Once it is closed nothing is
// written.
//
// Errors: codes 1 to 19 and 60 to 79 are written as Error{closing} and end the session, the others
// leave it open. A datagram's source may be forged: such a session is not ended by an error, and
// an error that would end it is counted only.
//
// Owner: the session. Thread: the connection's reactor.
#include "session/options.hpp"
#include "session/session.hpp"
#include "telex/v1/telex.pb.h"

#include <cstdint>
#include <string_view>

namespace telex::session::native {

class FrameOutput {
public:
    FrameOutput(const FrameOutput&) = delete;
    FrameOutput& operator=(const FrameOutput&) = delete;

    Transport& transport() const { return transport_; }

    broker::Port& broker() const { return broker_; }

    const SessionOptions& options() const { return options_; }

    bool is_closed() const { return closed_; }

    // Enqueues a frame. An error that is too long for the framing is sent without its text. Counts
    // a frame that cannot be written at all.
    void write(const v1::Frame& frame);
    // The reply to a durable publication that is stored.
    void write_stored(std::uint64_t request, const broker::StoredOutcome& outcome);
    // Counts and writes an error that leaves the session open.
    void report(v1::ErrorCode code, std::string_view text, std::uint64_t subscription = 0);
    // Counts and writes an error that ends the session.
    void fail(v1::ErrorCode code, CloseReason reason, std::string_view text);
    void fail_unexpected(std::string_view text);
    // Counts and writes an error as the reply to a request.
    void refuse_request(std::uint64_t request, v1::ErrorCode code, std::string_view text);
    // The same for an error that the exchange counted.
    void write_request_error(std::uint64_t request, v1::ErrorCode code, std::string_view text);
    // Counts and writes an error as the reply to a durable publication.
    void refuse_durable(std::uint64_t request, const broker::StoredOutcome& outcome);
    void write_refusal(const Refusal& refusal);
    void close(CloseReason reason);

    // Encodes and enqueues the reply to a request.
    [[nodiscard]] virtual SendResult put_reply(
        std::uint64_t request, const wire::MessageView& message, const ChunkRef* owner
    ) = 0;

protected:
    FrameOutput(Transport& transport, broker::Port& broker, const SessionOptions& options)
        : transport_(transport), broker_(broker), options_(options) {}

    ~FrameOutput() = default;

private:
    // Encodes and enqueues a frame without a message.
    [[nodiscard]] virtual SendResult put(const v1::Frame& frame) = 0;
    // Of one that is stored.
    [[nodiscard]] virtual SendResult put_stored(
        std::uint64_t request, const broker::StoredOutcome& outcome
    );

    Transport& transport_;
    broker::Port& broker_;
    const SessionOptions& options_;
    bool closed_ = false;
};

}  // namespace telex::session::native
