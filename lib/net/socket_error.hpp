#pragma once
// A failed system call: a number for decisions, a sentence for people.
#include <string>
#include <string_view>

namespace telex::net {

// `what` is complete: "bind tcp://127.0.0.1:4650: Address already in use".
struct [[nodiscard]] SystemError {
    int code = 0;
    std::string what;
};

// `doing` is the call and its object ("bind tcp://127.0.0.1:4650").
SystemError system_error(int code, std::string_view doing);
// With the given reason instead of the kernel's text.
SystemError system_error(int code, std::string_view doing, std::string_view reason);

}  // namespace telex::net
