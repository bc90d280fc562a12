#include "server/admin/ask_workers.hpp"

#include "base/printable.hpp"
#include "base/suggest.hpp"

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

v1::AdminError no_listener(std::string_view name, const std::vector<std::string_view>& known) {
    const auto meant = closest(name, known);
    return wire::admin_error(
        v1::AdminError::NOT_FOUND,
        fmt::format("there is no listener '{}'", printable(name)) +
            (meant ? fmt::format("; did you mean '{}'?", *meant)
                   : fmt::format("; there are: {}", fmt::join(known, ", ")))
    );
}

}  // namespace telex::server
