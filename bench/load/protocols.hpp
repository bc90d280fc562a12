#pragma once
// The protocols, each by its maker; make_protocol() finds them by name.
#include "protocol.hpp"

namespace telex::bench {

std::unique_ptr<Protocol> make_telex();
std::unique_ptr<Protocol> make_json();
std::unique_ptr<Protocol> make_nats();
std::unique_ptr<Protocol> make_redis();
std::unique_ptr<Protocol> make_relay();

}  // namespace telex::bench
