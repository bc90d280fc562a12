#pragma once
// Why a request to upgrade to WebSocket is refused: the closed list behind the response, the log
// and the counters.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::web {

enum class UpgradeFault : std::uint8_t {
    not_http,        // the first bytes are not a request of HTTP/1.1
    head_too_large,  // no blank line within the limit
    bad_header,      // a header that is missing, repeated or malformed, or a body
    method,
    path,
    not_an_upgrade,  // a request of HTTP without the wish to upgrade
    version,         // of WebSocket
    key,
    host,    // the page has reached this host by another name
    origin,  // a page of another site
    subprotocol,
    incomplete,  // the connection ended before the request was complete
    timeout,
};

inline constexpr std::size_t kUpgradeFaults = 13;

// Stable snake_case name.
std::string_view name_of(UpgradeFault fault);

// For the peer and the log.
std::string_view text_of(UpgradeFault fault);

// The whole response; empty for faults that no peer waits for.
std::string refusal_of(UpgradeFault fault);

}  // namespace telex::web
