#include "server/admin/ask_workers.hpp"

#include <fmt/format.h>

namespace telex::server {

v1::AdminError unresponsive() {
    return wire::admin_error(
        v1::AdminError::UNRESPONSIVE, "a reactor did not reply within a second"
    );
}

v1::AdminError no_connection(std::uint64_t number) {
    return wire::admin_error(
        v1::AdminError::NOT_FOUND, fmt::format("there is no connection {}", number)
    );
}

}  // namespace telex::server
