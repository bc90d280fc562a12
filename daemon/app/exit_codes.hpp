#pragma once
// Exit codes of the process (sysexits.h).
#include "config/load.hpp"
#include "net/socket_error.hpp"

namespace telex::app {

int exit_code_of(config::LoadStatus status);
// Exit code if a listener cannot be opened.
int exit_code_of(const net::SystemError& error);

}  // namespace telex::app
