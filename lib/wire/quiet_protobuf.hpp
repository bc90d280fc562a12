#pragma once

// Keeps the protobuf library from writing to stderr.

namespace telex::wire {

// The library reports bytes of a peer that are not UTF-8 on stderr, one line for each: a hostile
// peer could fill the log with them. What it reports reaches us as a failed parse as well, so its
// messages are dropped; those that precede an abort still come out. Call it once, early in main;
// any number of times and from any thread is harmless.
void quiet_protobuf();

}  // namespace telex::wire
