#include "config/parse/value_error.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace telex::config {

std::string withheld(std::string_view shown) {
    return fmt::format("{} is not valid here; its content is not shown", shown);
}

void value_error(
    const std::string& path, std::string_view message, const Origins& origins, Report& report
) {
    const Setting* const secret = origins.secret_at(path);
    report.error(
        origins.value_of(path),
        fmt::format(
            "{}: {}", path, secret == nullptr ? std::string(message) : withheld(secret->shown)
        )
    );
}

void section_error(
    const std::string& path,
    const std::string& place,
    std::string_view message,
    const Origins& origins,
    Report& report
) {
    const Setting* const secret = origins.secret_below(path);
    report.error(
        origins.value_of(place),
        fmt::format(
            "{}: {}", path, secret == nullptr ? std::string(message) : withheld(secret->shown)
        )
    );
}

}  // namespace telex::config
