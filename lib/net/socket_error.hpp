#pragma once
// A refused system call: the number for decisions, the sentence for people.
#include <string>
#include <string_view>

namespace telex::net {

// `what` says everything: "bind tcp://127.0.0.1:4650: Address already in use".
struct [[nodiscard]] SystemError {
    int code = 0;
    std::string what;
};

// `doing` is the call and its object ("bind tcp://127.0.0.1:4650").
SystemError system_error(int code, std::string_view doing);
// The same with a reason of our own instead of the kernel's text.
SystemError system_error(int code, std::string_view doing, std::string_view reason);

}  // namespace telex::net
