#pragma once
// Counts the allocations of a test program, whose global operator new is replaced: its sources have
// to include counted_allocations.cpp.
#include <cstddef>

namespace telex::test {

// Since the program began, on all threads.
std::size_t allocations();
std::size_t allocated_bytes();

}  // namespace telex::test
