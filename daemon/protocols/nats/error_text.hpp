#pragma once
// The texts of -ERR. Pure functions.
//
// A text is one line of at most kMaxErrorText bytes: clients keep it in a buffer of 256. Bytes of
// a client are made printable and are cut.
#include "broker/refusal.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace telex::session::nats {

inline constexpr std::size_t kMaxErrorText = 250;

inline constexpr std::string_view kUnknownOperation = "Unknown Protocol Operation";
inline constexpr std::string_view kNotAuthenticated = "Authorization Violation";
inline constexpr std::string_view kConnectTimeout = "Authentication Timeout";
inline constexpr std::string_view kStaleConnection = "Stale Connection";
inline constexpr std::string_view kInvalidProtocol = "invalid client protocol";

// Permissions Violation for Publish to "subject"
std::string publish_violation(std::string_view subject);
// Permissions Violation for Subscription to "subject" using queue "queue"
std::string subscribe_violation(std::string_view subject, std::string_view queue);
// Permissions Violation: text
std::string other_violation(std::string_view text);

// The text for an error of the exchange or the connection; nothing if the client would not come
// back after it. Clients know the texts of nats-server only.
std::optional<std::string> text_of(const broker::Refusal& refusal);

}  // namespace telex::session::nats
