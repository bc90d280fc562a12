#pragma once
// The arguments of commands as options of libtelex.
#include "report.hpp"
#include <telex/options.hpp>

#include <chrono>
#include <string>

namespace telex::conformance {

// Without callbacks.
ClientOptions client_options(const Json& arguments);
SubscribeOptions subscribe_options(const Json& arguments);
PublishOptions publish_options(const Json& arguments);
RequestOptions request_options(const Json& arguments);
// An argument in seconds.
std::chrono::milliseconds time_of(const Json& arguments, const char* name, double otherwise);

}  // namespace telex::conformance
