#pragma once
// The rules over several keys; each key by itself was checked when it was read. Pure. Keys with an
// error are left out, so that no error is reported twice.
#include "config/config.hpp"
#include "config/parse/environment.hpp"
#include "config/parse/origins.hpp"
#include "config/parse/report.hpp"

namespace telex::config {

void validate(
    const Config& config, const Environment& environment, const Origins& origins, Report& report
);

}  // namespace telex::config
