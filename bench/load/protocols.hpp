#pragma once
// Factories of the protocols, for make_protocol().
#include "protocol.hpp"

namespace telex::bench {

std::unique_ptr<Protocol> make_telex();
std::unique_ptr<Protocol> make_json();
std::unique_ptr<Protocol> make_nats();
std::unique_ptr<Protocol> make_redis();
std::unique_ptr<Protocol> make_relay();

}  // namespace telex::bench
