#pragma once
// The frames of a listener with `ack`: publications that a stream must store, and their answers in
// the order of the frames.
//
// While kMaxUnanswered of them wait, no frame is read; reading goes on when half of them have their
// answers.
//
// Owner: one raw session.
#include "base/result.hpp"
#include "broker/port.hpp"
#include "broker/stored_outcome.hpp"
#include "protocols/raw/ordered_replies.hpp"
#include "protocols/raw/raw_options.hpp"
#include "session/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace telex::session::raw {

class StoredFrames {
public:
    static constexpr std::size_t kMaxUnanswered = 4'096;

    // An answer that cannot be written. The connection ends, because the peer would take the next
    // one for it.
    struct LostAnswer {
        CloseReason reason;
        v1::ErrorCode late;  // for the frames that come nevertheless
        std::string_view detail;
    };

    // `replies` has the places of the frames.
    StoredFrames(
        Transport& transport, broker::Port& broker, const RawOptions& raw, OrderedReplies& replies
    )
        : transport_(transport), broker_(broker), raw_(raw), replies_(replies) {}

    bool full() const { return full_; }

    void store(const wire::MessageView& message);

    // Writes or holds the answer. Requires an id that waits; after an error it still does.
    [[nodiscard]] Result<void, LostAnswer> answer(
        std::uint64_t id, const broker::StoredOutcome& outcome
    );

private:
    Transport& transport_;
    broker::Port& broker_;
    const RawOptions& raw_;
    OrderedReplies& replies_;
    bool full_ = false;
};

}  // namespace telex::session::raw
