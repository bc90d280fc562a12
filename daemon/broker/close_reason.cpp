#include "broker/close_reason.hpp"

#include <array>

namespace telex::broker {
namespace {

constexpr std::array<std::string_view, kCloseReasons> kNames = {
    "client_closed",
    "client_reset",
    "bad_frame",
    "frame_too_large",
    "bad_message",
    "wrong_protocol",
    "tls_failed",
    "not_authenticated",
    "not_permitted",
    "protocol_violation",
    "hello_timeout",
    "idle_timeout",
    "slow_consumer",
    "write_timeout",
    "too_many_connections",
    "memory_budget",
    "shutting_down",
    "internal_error",
    "request_failed",
    "kicked",
    "displaced",
    "unwritable_answer",
    "proxy_header",
    "upgrade_refused",
    "finished",
};
static_assert(static_cast<std::size_t>(CloseReason::finished) + 1 == kCloseReasons);

}  // namespace

std::string_view name_of(CloseReason reason) {
    return kNames.at(static_cast<std::size_t>(reason));
}

}  // namespace telex::broker
