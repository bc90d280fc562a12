#pragma once
// Secrets do not stay in memory.
#include <string>

namespace telex::auth {

// Overwrites the text, and empties it. Any thread.
void wipe(std::string& secret);

}  // namespace telex::auth
