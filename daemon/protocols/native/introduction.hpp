#pragma once
// How a client introduces and authenticates itself: Hello, then a password or a token in it, or a
// Challenge that it signs with the key that its Hello names.
//
//   expect_hello ---> done
//     |    |         ^
//     |    v         |
//     |  expect_proof|
//     v    v         |
//     authenticating-/
//
//   expect_hello    only Hello is accepted. With Opening::by_any_frame another frame opens the
//                   session with the defaults of Hello, and no Welcome is sent. Datagram sessions
//                   start done.
//   expect_proof    Hello named a key: only Proof is accepted.
//   authenticating  the transport checks the credentials. Frames that arrive meanwhile wait, up to
//                   the limit of frames before Hello.
//
// Owner: the session. Thread: the connection's reactor.
#include "base/time.hpp"
#include "protocols/native/frame_output.hpp"
#include "session/session.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace telex::session::native {

inline constexpr std::uint32_t kProtocolVersion = 1;

class Introduction {
public:
    enum class Opening : std::uint8_t { by_hello, by_any_frame };

    Introduction(FrameOutput& output, Opening opening);

    void start();

    bool is_done() const { return state_ == State::done; }

    bool is_authenticating() const { return state_ == State::authenticating; }

    // Only frames of the introduction are accepted, and its deadline runs.
    bool is_required() const;

    // The frame is the next one of the introduction.
    bool expects(const v1::Frame& frame) const {
        return state_ == State::expect_proof ? frame.has_proof() : frame.has_hello();
    }

    // Another frame came first: completes the introduction if Opening allows it, otherwise fails.
    // Returns whether it is done.
    bool skip();
    void receive_hello(const v1::Hello& hello);
    void receive_proof(const v1::Proof& proof);
    // Returns whether the client is now authenticated; otherwise the session has failed.
    bool on_authenticated(access::AuthResult result);
    void on_tick();

    // While it is required.
    TimePoint next_deadline() const;

    // While authenticating: keeps a frame for later.
    void hold(ByteView frame);

    // Once authenticated: the frames that were kept.
    std::vector<std::string> take_held();

    bool no_echo() const { return no_echo_; }

private:
    enum class State : std::uint8_t { expect_hello, expect_proof, authenticating, done };

    // Only needed until it is done.
    struct Progress {
        TimePoint started{};
        std::string public_key{};  // named in Hello, not yet proved
        std::vector<std::string> held{};
        std::size_t held_bytes = 0;
    };

    bool is_anonymous() const { return output_.transport().user() == &access::anonymous(); }

    void finish();

    // Starts to authenticate. Returns false if Hello has no credentials and none are required.
    [[nodiscard]] bool authenticate(const v1::Hello& hello);
    void check_secret(const v1::Hello& hello);
    void challenge(const v1::Hello& hello);
    void write_welcome();

    FrameOutput& output_;
    const Opening opening_;
    State state_;
    bool no_echo_ = false;
    std::uint32_t version_ = 0;
    std::unique_ptr<Progress> progress_;  // null: done
};

}  // namespace telex::session::native
