#pragma once
// Addresses in the configuration.
#include "base/result.hpp"
#include "config/parse/reader.hpp"
#include "net/address.hpp"

#include <string>

namespace telex::config {

// The error is a sentence for the operator.
[[nodiscard]] Result<net::Address, std::string> address_of(const Text& text);

// The text for an error, without a user or a password that it may contain.
std::string shown_address(const Text& text);

// Returns true for port 0, which lets the kernel select a port.
bool picks_port(const net::Address& address);

}  // namespace telex::config
