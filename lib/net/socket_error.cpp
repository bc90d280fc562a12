#include "net/socket_error.hpp"

#include <fmt/format.h>

#include <system_error>

namespace telex::net {

SystemError system_error(int code, std::string_view doing) {
    return system_error(code, doing, std::generic_category().message(code));
}

SystemError system_error(int code, std::string_view doing, std::string_view reason) {
    return {code, fmt::format("{}: {}", doing, reason)};
}

}  // namespace telex::net
