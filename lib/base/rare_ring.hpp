#pragma once
// A Ring (ring.hpp) that most owners do not use: until then it takes a pointer.
#include "base/allocated.hpp"
#include "base/ring.hpp"

#include <cstddef>
#include <memory>
#include <utility>

namespace telex {

template <class T>
class RareRing {
public:
    bool empty() const { return !ring_ || ring_->empty(); }

    std::size_t size() const { return ring_ ? ring_->size() : 0; }

    // These require an element.
    T& operator[](std::size_t i) { return (*ring_)[i]; }

    T& front() { return ring_->front(); }

    const T& front() const { return std::as_const(*ring_).front(); }

    T& back() { return ring_->back(); }

    void pop_front() { ring_->pop_front(); }

    void erase(std::size_t i) { ring_->erase(i); }

    void push_back(T value) {
        if (!ring_) {
            ring_ = std::make_unique<Ring<T>>();
        }
        ring_->push_back(std::move(value));
    }

    void clear() { ring_.reset(); }

    // Releases what is not used.
    void shrink() {
        if (empty()) {
            ring_.reset();
        } else {
            ring_->shrink();
        }
    }

    // Of the ring and its array; elements may own more.
    std::size_t memory() const { return ring_ ? allocated(sizeof(Ring<T>)) + ring_->memory() : 0; }

private:
    std::unique_ptr<Ring<T>> ring_;
};

}  // namespace telex
