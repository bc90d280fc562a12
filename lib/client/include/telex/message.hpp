#pragma once
// A message for the application. It owns its strings.
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace telex {

namespace client {
class PendingReply;
struct RecordPlace;
}  // namespace client

struct Header {
    std::string name;
    std::string value;

    bool operator==(const Header&) const = default;
};

// Headers of a reply for requesters on raw listeners, which get no headers: the responder
// deliberately sends no reply; the responder failed (value: error text); the connection ends after
// this reply. Other requesters receive these headers unchanged.
inline constexpr std::string_view kNoAnswerHeader = "Telex-No-Answer";
inline constexpr std::string_view kErrorHeader = "Telex-Error";
inline constexpr std::string_view kCloseHeader = "Telex-Close";

// In the publisher's order; names may repeat.
using Headers = std::vector<Header>;

struct Message {
    // Tokens separated by '.'.
    std::string subject;
    // Any octets.
    std::string payload;
    // The subject for replies, to which Client::respond publishes: that of a request, or the
    // publisher's (PublishOptions::reply_to). Empty: no reply is expected.
    std::string reply_to;
    Headers headers;
    // Identifies the message to its publisher.
    std::string id;
    // Media type of the payload, such as "application/json".
    std::string content_type;
    // Full name of the protobuf message in the payload, such as "billing.v1.Charge".
    std::string type;
    // Of the library. A server that stops waits for the reply to a request as long as a copy of the
    // request exists; see Client::respond.
    std::shared_ptr<client::PendingReply> pending_reply;
    // Of the library; of a message of a consumer, else null.
    std::shared_ptr<const client::RecordPlace> place;

    // Returns whether Client::respond can be called with this message.
    [[nodiscard]] bool wants_reply() const { return !reply_to.empty(); }

    // Name of libtelex 1.
    [[deprecated("use wants_reply")]] bool wants_answer() const { return wants_reply(); }

    // The payload as octets, valid while it is unchanged.
    [[nodiscard]] std::span<const std::byte> payload_bytes() const {
        return std::as_bytes(std::span(payload));
    }

    // Returns the value of the first header with this name (case-sensitive), or null.
    [[nodiscard]] const std::string* header(std::string_view name) const {
        for (const Header& header : headers) {
            if (header.name == name) {
                return &header.value;
            }
        }
        return nullptr;
    }
};

}  // namespace telex
