#pragma once

// Keeps the protobuf library from writing to stderr.

namespace telex::wire {

// The library reports bytes that are not UTF-8 on stderr, one line for each: a hostile peer could
// fill the log. The same fault also fails the parse, so these messages are dropped; those before an
// abort are kept. Call it once, early in main; repeated calls and any thread are harmless.
void quiet_protobuf();

}  // namespace telex::wire
