#pragma once
// A native session with its world: what a client says goes in, what it reads comes out as words.
#include "protocols/telex/telex_session.hpp"
#include "support/fake_transport.hpp"
#include "support/session_frames.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace telex::session::native {

class TelexFixture : public ::testing::Test {
protected:
    using Words = std::vector<std::string>;

    // Before the first use of the session: options_ may be changed until then.
    void start() {
        session_ = std::make_unique<TelexSession>(transport_, transport_, options_);
        transport_.bind(*session_);
        session_->start();
    }

    // A session past Hello.
    void open() {
        start();
        send(testing::hello());
        transport_.take_controls();
    }

    void send(const v1::Frame& frame) { send_bytes(frame.SerializeAsString()); }

    void send_bytes(std::string_view bytes) { session_->on_frame({bytes, nullptr}); }

    // Frames that the client received since the last call, without deliveries.
    Words heard() {
        Words words;
        for (const std::string& bytes : transport_.take_controls()) {
            words.push_back(testing::summary_of(testing::parse_binary(bytes)));
        }
        return words;
    }

    v1::Frame last_frame() const { return testing::parse_binary(transport_.controls.back()); }

    void TearDown() override { EXPECT_EQ(transport_.breaches, 0); }

    SessionOptions options_;
    testing::FakeTransport transport_;
    std::unique_ptr<TelexSession> session_;
};

}  // namespace telex::session::native
