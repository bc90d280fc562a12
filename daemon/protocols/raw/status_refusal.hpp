#pragma once
// The refusal of a frame for protocols with status lines, such as HTTP: "HTTP/1.1 413 Content Too
// Large", and the reason in the body. It stands in place of the reply that the frame does not get,
// so it is the last that the peer reads.
//
// Owner: one raw session. Without a protocol there is no refusal.
#include "broker/refusal.hpp"
#include "session/transport.hpp"

#include <string>
#include <string_view>

namespace telex::session::raw {

class StatusRefusal {
public:
    // `protocol`: HeaderOptions::refuse_as, which outlives this.
    explicit StatusRefusal(std::string_view protocol) : protocol_(protocol) {}

    // A frame has no reply, for this reason. It replaces that of a younger frame.
    void note(v1::ErrorCode code);
    // A frame came after the end. It is the oldest without a reply unless one was noted.
    void note_late(v1::ErrorCode code);
    // The connection ends with this error. It is a refusal if the peer's input is wrong or late, or
    // if no frame was read yet.
    void note(const broker::Refusal& refusal, bool before_frames);

    // A younger reply than this one is the last that the peer gets.
    void withdraw() { text_.clear(); }

    // Writes the refusal, if there is one, once.
    void write(Transport& transport);

private:
    std::string_view protocol_;
    std::string text_;
};

}  // namespace telex::session::raw
