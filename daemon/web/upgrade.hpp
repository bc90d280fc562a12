#pragma once
// The server's side of the upgrade from HTTP/1.1 to WebSocket.
//
//   take() until it is complete -> response(), which the owner writes -> accepted, or an end
//
// Owner and thread: the stream's. No I/O.
#include "codec/header_block.hpp"
#include "web/upgrade_request.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telex::web {

class Upgrade {
public:
    // Maximum size of the request.
    static constexpr std::size_t kMaxHead = std::size_t{8} << 10U;

    // Both must outlive it.
    Upgrade(const UpgradeRules& rules, const PageGuard& guard) : rules_(rules), guard_(guard) {}

    // Takes bytes of the request. Returns how many of them belong to it: those behind are frames.
    [[nodiscard]] std::size_t take(std::string_view bytes);
    // Another end of the request: it is not answered.
    void fail(UpgradeFault fault);

    bool is_complete() const { return complete_; }

    // Of a complete request: why it is refused, or nothing.
    std::optional<UpgradeFault> fault() const { return fault_; }

    const std::string& response() const { return response_; }

    // The fault in words, with the value of the request, for the log.
    const std::string& detail() const { return detail_; }

    // Memory beside the object.
    std::size_t memory() const { return head_.capacity() + response_.capacity(); }

private:
    void decide();
    void refuse(const UpgradeError& error);

    static const codec::HeaderOptions& head_options();

    const UpgradeRules& rules_;
    const PageGuard& guard_;
    codec::HeaderBlock block_{head_options()};
    std::string head_;
    std::uint64_t examined_ = 0;
    bool complete_ = false;
    std::optional<UpgradeFault> fault_;
    std::string response_;
    std::string detail_;
};

}  // namespace telex::web
