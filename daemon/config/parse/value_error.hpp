#pragma once
// Errors of rules about values. A message may quote its values; of secret ones (Setting::secret) it
// must not say anything, in whatever notation, so it is replaced.
#include "config/parse/origins.hpp"
#include "config/parse/report.hpp"

#include <string>
#include <string_view>

namespace telex::config {

// "${file:/path}" does not fit, without its content. `shown`: Setting::shown.
std::string withheld(std::string_view shown);

// Reports an error about the value, or the list of values, at `path`.
void value_error(
    const std::string& path, std::string_view message, const Origins& origins, Report& report
);
// Reports an error about the values of the section at `path`, at the position of `place`.
void section_error(
    const std::string& path,
    const std::string& place,
    std::string_view message,
    const Origins& origins,
    Report& report
);

}  // namespace telex::config
