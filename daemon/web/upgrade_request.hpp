#pragma once
// The request of HTTP/1.1 that begins a WebSocket (RFC 6455, 4.2).
#include "base/result.hpp"
#include "web/page_guard.hpp"
#include "web/upgrade_refusal.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace telex::web {

struct UpgradeRules {
    std::string path;
    // Those that are spoken here; empty: any.
    std::vector<std::string> subprotocols;
};

// Of a request that is accepted.
struct UpgradeRequest {
    std::string_view key;
    std::string_view subprotocol;  // the one that is chosen; empty: none is
};

// The fault, and the value that has it, for the log.
struct UpgradeError {
    UpgradeFault fault;
    std::string_view value{};
};

// `head`: whole lines up to the blank one, without continuation lines (codec::HeaderBlock). The
// result refers to it.
[[nodiscard]] Result<UpgradeRequest, UpgradeError> check_upgrade(
    std::string_view head, const UpgradeRules& rules, const PageGuard& guard
);

// The value of Sec-WebSocket-Accept.
std::string accept_of(std::string_view key);

}  // namespace telex::web
