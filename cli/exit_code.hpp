#pragma once
// The tool's exit codes: those of sysexits.h where one fits.
#include <telex/error.hpp>

namespace telex::cli {

inline constexpr int kOk = 0;
inline constexpr int kRefused =
    1;  // rejected by the exchange, a failed or missing reply or confirmation, fewer than --count
inline constexpr int kUsage = 64;
inline constexpr int kBadData = 65;      // input that does not parse
inline constexpr int kNoInput = 66;      // an unreadable file
inline constexpr int kUnavailable = 69;  // no server in time, or connection lost
inline constexpr int kInternal = 70;
inline constexpr int kOutputError = 74;       // standard output cannot be written: a full disk
inline constexpr int kNotAuthenticated = 77;  // no credentials, or invalid ones
inline constexpr int kBadConfiguration = 78;  // of the daemon: a reload failed
inline constexpr int kInterrupted = 130;      // a signal before the end

// For the end of the tool's help.
inline constexpr const char* kExitCodesHelp =
    "Exit codes: 0 success, 1 rejected, failed or no reply, 64 usage error,\n"
    "65 invalid data, 66 input not readable, 69 server not available,\n"
    "70 internal error, 74 output error, 77 not authenticated, 78 reload failed,\n"
    "130 interrupted.";

int exit_code_of(Errc code);

}  // namespace telex::cli
