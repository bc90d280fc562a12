#include "config/keys/address_text.hpp"

#include <fmt/format.h>

namespace telex::config {

Result<net::Address, std::string> address_of(const Text& text) {
    if (text.value.starts_with("tls:") && !net::has_user_info(text.value)) {
        return unexpected(fmt::format(
            "{}: tls:// is for clients; use tcp://HOST:PORT and add a section 'tls' to the "
            "listener",
            text.quoted
        ));
    }
    return net::parse_address(text.value);
}

std::string shown_address(const Text& text) {
    return net::has_user_info(text.value) ? "a value with an '@'" : text.quoted;
}

bool picks_port(const net::Address& address) {
    const bool has_port =
        address.transport == net::Transport::tcp || address.transport == net::Transport::udp;
    return has_port && address.port == 0;
}

}  // namespace telex::config
