#pragma once
// The reply to a request of JetStream's API where there are no streams. Pure function.
#include <string>
#include <string_view>

namespace telex::session::nats {

// JSON with error 10076 for a subject below `$JS.API.`. Empty for requests whose replies are not
// JSON: they get the status 503.
std::string jetstream_not_enabled(std::string_view subject);

}  // namespace telex::session::nats
