#pragma once
// The error codes of telex/v1/error.proto: their names, their effect on a connection, and error
// frames. The range of a code says whether the connection is closed: 1 to 19 (not the protocol) and
// 60 to 79 (the exchange ends the connection) close it, 20 to 59 (refusals and replies) do not.
#include "telex/v1/telex.pb.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::wire {

// Maximum size of Error.text in bytes.
inline constexpr std::size_t kMaxErrorText = 512;

// The name in the enum, such as "BAD_FRAME"; "UNKNOWN_ERROR" for an unknown number.
std::string_view name_of(v1::ErrorCode code);

// Returns whether the exchange closes the connection after an error of this code.
bool closes(v1::ErrorCode code);

// A phrase for people, such as "no client is subscribed to the request's subject".
std::string_view meaning_of(v1::ErrorCode code);

// One line for a log or a terminal: name, text (or the code's meaning), subscription, figures.
std::string describe(const v1::Error& error);

// A frame with an Error. The text is passed through printable().
v1::Frame make_error(
    v1::ErrorCode code, std::string_view text, bool closing, std::uint64_t subscription = 0
);

}  // namespace telex::wire
