#include "support/counted_allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> allocation_count{0};
std::atomic<std::size_t> allocation_bytes{0};

// Not inlined: the compiler would see malloc behind a delete-expression and warn of a mismatch.
[[gnu::noinline]] void* counted_allocation(std::size_t size) {
    allocation_count.fetch_add(1, std::memory_order_relaxed);
    allocation_bytes.fetch_add(size, std::memory_order_relaxed);
    if (void* memory = std::malloc(size == 0 ? 1 : size)) {
        return memory;
    }
    throw std::bad_alloc();
}

[[gnu::noinline]] void release(void* memory) {
    std::free(memory);
}

}  // namespace

namespace telex::test {

std::size_t allocations() {
    return allocation_count;
}

std::size_t allocated_bytes() {
    return allocation_bytes;
}

}  // namespace telex::test

void* operator new(std::size_t size) {
    return counted_allocation(size);
}

void* operator new[](std::size_t size) {
    return counted_allocation(size);
}

void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return counted_allocation(size);
}

void* operator new[](std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return counted_allocation(size);
}

void operator delete(void* memory) noexcept {
    release(memory);
}

void operator delete[](void* memory) noexcept {
    release(memory);
}

void operator delete(void* memory, std::size_t /*size*/) noexcept {
    release(memory);
}

void operator delete[](void* memory, std::size_t /*size*/) noexcept {
    release(memory);
}

void operator delete(void* memory, const std::nothrow_t& /*tag*/) noexcept {
    release(memory);
}

void operator delete[](void* memory, const std::nothrow_t& /*tag*/) noexcept {
    release(memory);
}
