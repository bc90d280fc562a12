#pragma once
// Names a client in log lines.
#include <cstdint>
#include <optional>
#include <string>

namespace telex::broker {

// Fields that do not apply are absent.
struct ClientLabel {
    std::optional<std::uint64_t> connection{};  // its number
    std::optional<std::string> listener{};
    std::optional<std::string> peer{};
    std::optional<std::string> port{};
    std::optional<std::uint32_t> uid{};  // of a peer on a unix socket
    std::optional<std::int32_t> pid{};
    std::optional<std::string> user{};
};

}  // namespace telex::broker
