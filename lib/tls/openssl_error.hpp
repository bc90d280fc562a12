#pragma once
// OpenSSL's queue of errors, as text. Thread: any; the queue is the thread's own.
#include <string>

namespace telex::tls {

// Empties the queue; its oldest entry says what went wrong first. `otherwise` when it is empty.
std::string take_error(const char* otherwise);

}  // namespace telex::tls
