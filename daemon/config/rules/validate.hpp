#pragma once
// The rules that concern more than one key: what each key may be was checked when it was read.
// Pure. Keys that were refused already are left out of the rules, so that no mistake is told twice.
#include "config/config.hpp"
#include "config/parse/environment.hpp"
#include "config/parse/origins.hpp"
#include "config/parse/report.hpp"

namespace telex::config {

void validate(
    const Config& config, const Environment& environment, const Origins& origins, Report& report
);

}  // namespace telex::config
