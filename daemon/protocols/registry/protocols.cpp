#include "protocols/registry/protocols.hpp"

#include "protocols/json/json_protocol.hpp"
#include "protocols/nats/nats_protocol.hpp"
#include "protocols/raw/raw_protocol.hpp"
#include "protocols/syslog/syslog_protocol.hpp"
#include "protocols/telex/telex_protocol.hpp"

#include <algorithm>
#include <array>

namespace telex::session {
namespace {

// In the order of the documentation.
constexpr std::array kProtocols = {
    &native::telex_protocol,
    &native::json_protocol,
    &nats::nats_protocol,
    &raw::raw_protocol,
    &syslog::syslog_protocol,
};

}  // namespace

std::span<const Protocol* const> protocols() {
    return kProtocols;
}

const Protocol* find_protocol(std::string_view name) {
    const auto found =
        std::find_if(kProtocols.begin(), kProtocols.end(), [&](const Protocol* protocol) {
            return protocol->name == name;
        });
    return found == kProtocols.end() ? nullptr : *found;
}

}  // namespace telex::session
