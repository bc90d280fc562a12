#pragma once
// OpenSSL's error queue as text. The queue is per thread.
#include <string>

namespace telex::tls {

// Empties the queue and returns its oldest entry, the first error; `otherwise` if it is empty.
std::string take_error(const char* otherwise);

}  // namespace telex::tls
