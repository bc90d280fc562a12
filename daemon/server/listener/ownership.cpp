#include "server/listener/ownership.hpp"

#include "access/users.hpp"

#include <unistd.h>

namespace telex::server {

bool owns_daemon(const net::Credentials& credentials) {
    return credentials.uid != access::kOverflowId &&
           (credentials.uid == 0 || credentials.uid == ::geteuid());
}

}  // namespace telex::server
