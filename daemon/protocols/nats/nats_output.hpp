#pragma once
// The writing side of a NATS session: control lines, errors, and the close. Once it is closed
// nothing is written.
//
// Clients leave for good when they get an -ERR that they do not know, so an error that keeps the
// session open begins with `Permissions Violation`, which all of them survive; where no text would
// be survived, the connection is closed without one. docs/nats.md has the table.
//
// Owner: the session. Thread: the connection's reactor.
#include "session/options.hpp"
#include "session/session.hpp"

#include <cstdint>
#include <string_view>

namespace telex::session::nats {

class NatsOutput {
public:
    NatsOutput(Transport& transport, broker::Port& broker, const SessionOptions& options)
        : transport_(transport), broker_(broker), options_(options) {}

    NatsOutput(const NatsOutput&) = delete;
    NatsOutput& operator=(const NatsOutput&) = delete;

    Transport& transport() const { return transport_; }

    broker::Port& broker() const { return broker_; }

    const SessionOptions& options() const { return options_; }

    bool is_closed() const { return closed_; }

    // A line without its end. Counts one that cannot be written.
    void write(std::string_view line);
    // -ERR with this text.
    void write_error(std::string_view text);

    // +OK, to a client that wants it. Not after an error.
    void confirm() {
        if (verbose_ && !closed_) {
            write("+OK");
        }
    }

    void set_verbose(bool verbose) { verbose_ = verbose; }

    bool is_verbose() const { return verbose_; }

    // Counts and writes an error that leaves the session open.
    void refuse(v1::ErrorCode code, std::string_view text);
    // Counts and writes an error that ends the session; without `text` only the log says why.
    void fail(
        v1::ErrorCode code, CloseReason reason, std::string_view text, std::string_view detail
    );
    // The same for an error that was counted.
    void close(CloseReason reason, std::string_view detail = {});

    // The connection closes the session.
    void note_closed() { closed_ = true; }

private:
    Transport& transport_;
    broker::Port& broker_;
    const SessionOptions& options_;
    bool closed_ = false;
    bool verbose_ = true;
};

}  // namespace telex::session::nats
