#pragma once
// What the tool's exit code says; the numbers are those of sysexits where one fits.
#include <telex/error.hpp>

namespace telex::cli {

inline constexpr int kOk = 0;
inline constexpr int kRefused = 1;  // refused by the exchange, no answer, or fewer than --count
inline constexpr int kUsage = 64;
inline constexpr int kBadData = 65;      // input that is not what was said
inline constexpr int kNoInput = 66;      // a file that cannot be read
inline constexpr int kUnavailable = 69;  // no server, it went away, or it does not answer in time
inline constexpr int kInternal = 70;
inline constexpr int kOutputError = 74;       // standard output cannot be written (a full disk)
inline constexpr int kNotAuthenticated = 77;  // no credentials, or wrong ones
inline constexpr int kBadConfiguration = 78;  // the daemon's: a reload was refused
inline constexpr int kInterrupted = 130;      // Ctrl-C before the work was done

// The table above for people, as the help ends.
inline constexpr const char* kExitCodesHelp =
    "Exit codes: 0 done, 1 refused or no answer, 64 usage, 65 bad data, 66 no such input,\n"
    "69 no server, 70 internal error, 74 output error, 77 not authenticated,\n"
    "78 reload refused, 130 interrupted before it was done.";

int exit_code_of(Errc code);

}  // namespace telex::cli
