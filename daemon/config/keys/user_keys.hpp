#pragma once
// The keys of a user.
#include "access/users.hpp"
#include "config/keys/key.hpp"

namespace telex::config {

const Table<access::User>& user_keys();

}  // namespace telex::config
