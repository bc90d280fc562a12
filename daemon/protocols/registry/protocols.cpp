#include "protocols/registry/protocols.hpp"

#include "protocols/json/json_session.hpp"
#include "protocols/raw/raw_session.hpp"
#include "protocols/telex/telex_session.hpp"

#include <array>

namespace telex::session {
namespace {

template <class S>
std::unique_ptr<Session> make(
    Transport& transport, broker::Port& broker, const SessionOptions& options
) {
    return std::make_unique<S>(transport, broker, options);
}

constexpr std::array kProtocols = {
    Protocol{
        .name = "telex",
        .default_framing = "protobuf-delimited",
        .summary = "the native protocol: protobuf frames, requests, subscriptions, flow control",
        .make = &make<TelexSession>,
        .alpn = "telex"
    },
    Protocol{
        .name = "json",
        .default_framing = "lines",
        .summary = "the native protocol's frames as JSON, one per line: for people and scripts",
        .make = &make<JsonSession>,
        .alpn = "telex-json"
    },
    Protocol{
        .name = "raw",
        .default_framing = "lines",
        .summary = "a frame is a payload; the configuration says where it goes",
        .make = &make<RawSession>,
        .any_bytes = true,
        .has_hello = false,
        .may_be_silent = true,
        .alpn = {}
    },
};

}  // namespace

std::span<const Protocol> protocols() {
    return kProtocols;
}

const Protocol* find_protocol(std::string_view name) {
    for (const Protocol& protocol : kProtocols) {
        if (protocol.name == name) {
            return &protocol;
        }
    }
    return nullptr;
}

}  // namespace telex::session
