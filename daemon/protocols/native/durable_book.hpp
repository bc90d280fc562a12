#pragma once
// The durable publications of a native client that wait for their reply: streams must store them.
// Their ids are request ids.
//
// Owner: the session. Thread: the connection's reactor.
#include "protocols/native/frame_output.hpp"
#include "protocols/native/id_set.hpp"
#include "protocols/native/message_gate.hpp"
#include "session/session.hpp"

#include <cstdint>
#include <optional>

namespace telex::session::native {

class DurableBook {
public:
    DurableBook(FrameOutput& output, MessageGate& gate) : output_(output), gate_(gate) {}

    bool contains(std::uint64_t id) const { return waiting_.contains(id); }

    bool empty() const { return waiting_.empty(); }

    // Passes the publication to the broker or refuses it, by its id, which is not in use.
    void open(const wire::FrameView& frame, const ChunkRef* owner, bool draining);
    void on_stored(std::uint64_t id, const broker::StoredOutcome& outcome);

    // Releases what is not used.
    void shrink() { waiting_.shrink(); }

private:
    [[nodiscard]] std::optional<Problem> check(const wire::FrameView& frame, bool draining);

    FrameOutput& output_;
    MessageGate& gate_;
    IdSet waiting_;
};

}  // namespace telex::session::native
