#pragma once
// Decides whether a client may publish or request a message: the rules that hold for all clients,
// then the user's permissions.
//
// Owner: the session. Thread: the connection's reactor.
#include "base/short_bytes.hpp"
#include "protocols/native/frame_output.hpp"
#include "session/message_rules.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace telex::session::native {

class MessageGate {
public:
    explicit MessageGate(const FrameOutput& output) : output_(output) {}

    // A publication like the last accepted one, as most are: no further check is needed.
    bool is_known_good(const wire::MessageView& message) const {
        return good_ && same_bytes(message.subject, good_->subject) && message.reply.empty() &&
               message.header_count == 0 && message.payload.size() <= good_->payload_bytes;
    }

    // The subject of the last accepted publication; empty if there is none.
    std::string_view good_subject() const {
        return good_ ? std::string_view(good_->subject) : std::string_view();
    }

    // The longest payload that needs no further check on this subject.
    std::size_t good_payload_bytes() const { return good_ ? good_->payload_bytes : 0; }

    // Returns what is wrong with a publication; remembers a good one.
    [[nodiscard]] std::optional<Problem> check_publication(const wire::MessageView& message);

    [[nodiscard]] std::optional<Problem> check_request(const wire::MessageView& message) const {
        return check(message, MessageUse::request);
    }

    // The user's permissions have changed.
    void forget() { good_.reset(); }

private:
    [[nodiscard]] std::optional<Problem> check(const wire::MessageView& message, MessageUse use)
        const;

    const FrameOutput& output_;

    // The last accepted publication.
    struct Good {
        std::size_t payload_bytes = 0;
        std::string subject;
    };

    std::unique_ptr<Good> good_;  // null: there is none
};

}  // namespace telex::session::native
