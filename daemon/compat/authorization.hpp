#pragma once
// The block `authorization` of nats-server's configuration: users, passwords, tokens, nkeys and
// permissions.
#include "compat/key_table.hpp"

namespace telex::compat {

void read_authorization(const Member& member, Reading& reading);

}  // namespace telex::compat
