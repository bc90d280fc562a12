#pragma once
// The requests of a native client that wait for a reply.
//
// Owner: the session. Thread: the connection's reactor.
#include "protocols/native/frame_output.hpp"
#include "protocols/native/id_set.hpp"
#include "protocols/native/message_gate.hpp"
#include "session/options.hpp"
#include "session/session.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace telex::session::native {

class RequestBook {
public:
    RequestBook(FrameOutput& output, const MessageGate& gate) : output_(output), gate_(gate) {}

    bool contains(std::uint64_t id) const { return waiting_.contains(id); }

    // Passes the request to the broker or refuses it, by its id, which is not in use.
    void open(const wire::FrameView& frame, const ChunkRef* owner, bool draining);
    [[nodiscard]] SendResult on_reply(std::uint64_t id, const Delivery& reply);
    void on_failed(std::uint64_t id, v1::ErrorCode code);

    bool empty() const { return waiting_.empty(); }

    // Releases what is not used.
    void shrink() { waiting_.shrink(); }

private:
    [[nodiscard]] std::optional<Problem> check(
        const wire::FrameView& frame, std::chrono::milliseconds timeout, bool draining
    ) const;

    FrameOutput& output_;
    const MessageGate& gate_;
    IdSet waiting_;
};

}  // namespace telex::session::native
