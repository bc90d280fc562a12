#pragma once
// Addresses as a configuration names them.
#include "base/result.hpp"
#include "config/parse/reader.hpp"
#include "net/address.hpp"

#include <string>

namespace telex::config {

// The error is a sentence for the operator; of a file's content it shows nothing.
[[nodiscard]] Result<net::Address, std::string> address_of(const Text& text);

// Port 0: the kernel picks one, another each time.
bool picks_port(const net::Address& address);

}  // namespace telex::config
