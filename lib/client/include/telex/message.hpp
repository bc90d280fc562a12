#pragma once
// A message as the application sees it: owned strings, no lifetime to watch.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace telex {

struct Header {
    std::string name;
    std::string value;

    bool operator==(const Header&) const = default;
};

// Headers of an answer for askers behind raw listeners, which see no headers themselves: there is
// no answer, on purpose; the responder failed, and how. Other askers get them as they are.
inline constexpr std::string_view kNoAnswerHeader = "Telex-No-Answer";
inline constexpr std::string_view kErrorHeader = "Telex-Error";

// In the publisher's order; names may repeat.
using Headers = std::vector<Header>;

struct Message {
    // Tokens separated by '.'.
    std::string subject;
    // Any octets.
    std::string payload;
    // The subject on which the publisher said that it wants answers (PublishOptions::reply).
    std::string reply;
    // Set by the exchange when this message is a request: Client::respond publishes there.
    std::string reply_to;
    Headers headers;
    // Chosen by the publisher to recognise the message again.
    std::string id;
    // Media type of the payload, such as "application/json".
    std::string content_type;
    // Full name of the protobuf message in the payload, such as "billing.v1.Charge".
    std::string type;

    // Somebody waits for an answer: Client::respond can be called with this message.
    bool wants_answer() const { return !reply_to.empty() || !reply.empty(); }

    // Value of the first header of that name (exact case), or null.
    const std::string* header(std::string_view name) const {
        for (const Header& header : headers) {
            if (header.name == name) {
                return &header.value;
            }
        }
        return nullptr;
    }
};

}  // namespace telex
