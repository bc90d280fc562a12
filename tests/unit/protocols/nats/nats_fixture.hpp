#pragma once
// A NATS session with its decoder and its world: bytes of a client go in, lines of the server come
// out.
#include "protocols/nats/command_decoder.hpp"
#include "protocols/nats/nats_session.hpp"
#include "support/fake_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace telex::session::nats {

inline constexpr std::string_view kQuiet =
    "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true}\r\n";

class NatsFixture : public ::testing::Test {
protected:
    using Lines = std::vector<std::string>;

    // Before the first use of the session: options_ may be changed until then.
    void start() {
        session_ = std::make_unique<NatsSession>(transport_, transport_, options_);
        transport_.bind(*session_);
        session_->start();
    }

    // A session past CONNECT, as libraries send it.
    void open() {
        start();
        send(kQuiet);
        transport_.take_controls();
    }

    // Whole commands. Returns false if the decoder ends the stream.
    bool send(std::string_view bytes) {
        input_ += bytes;
        for (;;) {
            const codec::DecodeStep step = decoder_.decode(input_);
            if (step.kind != codec::DecodeStep::Kind::frame) {
                return step.kind == codec::DecodeStep::Kind::need_more;
            }
            const std::string frame(step.payload);
            input_.erase(0, step.consumed);
            session_->on_frame({frame, nullptr});
        }
    }

    // Lines to the client since the last call, without deliveries.
    Lines heard() { return transport_.take_controls(); }

    void TearDown() override { EXPECT_EQ(transport_.breaches, 0); }

    SessionOptions options_;
    testing::FakeTransport transport_;
    CommandDecoder decoder_{1U << 20U};
    std::string input_;
    std::unique_ptr<NatsSession> session_;
};

}  // namespace telex::session::nats
