#pragma once
// A queue in one reusable array. It allocates nothing while empty, and nothing more once it has
// reached its largest size. (std::deque takes 576 bytes when empty and allocates for every few
// elements that pass through.)
#include "base/allocated.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <utility>

namespace telex {

// T must be default-constructible and movable; an unused slot holds a T{}.
template <class T>
class Ring {
public:
    bool empty() const { return size_ == 0; }

    std::size_t size() const { return size_; }

    T& operator[](std::size_t i) {
        assert(i < size_);
        return places_[place(i)];
    }

    const T& operator[](std::size_t i) const {
        assert(i < size_);
        return places_[place(i)];
    }

    T& front() { return (*this)[0]; }

    const T& front() const { return (*this)[0]; }

    T& back() { return (*this)[size_ - 1]; }

    void push_back(T value) {
        if (size_ == capacity_) {
            grow();
        }
        ++size_;
        back() = std::move(value);
    }

    void pop_front() {
        front() = T{};
        first_ = place(1);
        --size_;
    }

    // Linear in the number of elements before it.
    void erase(std::size_t i) {
        for (; i > 0; --i) {
            (*this)[i] = std::move((*this)[i - 1]);
        }
        pop_front();
    }

    // Keeps the array allocated.
    void clear() {
        while (!empty()) {
            pop_front();
        }
    }

    // Frees the array if the queue is empty, and most of it if less than a quarter is used.
    void shrink() {
        if (empty()) {
            places_.reset();
            capacity_ = 0;
            first_ = 0;
            return;
        }
        std::uint32_t capacity = capacity_;
        while (size_ <= capacity / 4 && capacity > kFirstPlaces) {
            capacity /= 2;
        }
        if (capacity < capacity_) {
            resize(capacity);
        }
    }

    // Of the array, taken from the allocator; elements may own more.
    std::size_t memory() const { return allocated(std::size_t{capacity_} * sizeof(T)); }

private:
    static constexpr std::uint32_t kFirstPlaces = 4;

    std::uint32_t place(std::size_t i) const {
        return (first_ + static_cast<std::uint32_t>(i)) & (capacity_ - 1);
    }

    void grow() {
        if (capacity_ > std::numeric_limits<std::uint32_t>::max() / 2) {
            throw std::bad_alloc();
        }
        resize(capacity_ == 0 ? kFirstPlaces : 2 * capacity_);
    }

    void resize(std::uint32_t capacity) {
        auto places = std::make_unique<T[]>(capacity);
        for (std::size_t i = 0; i < size_; ++i) {
            places[i] = std::move((*this)[i]);
        }
        places_ = std::move(places);
        capacity_ = capacity;
        first_ = 0;
    }

    // 24 bytes when empty: every connection and every subscription has several.
    std::unique_ptr<T[]> places_;
    std::uint32_t capacity_ = 0;  // a power of two, or 0
    std::uint32_t first_ = 0;
    std::uint32_t size_ = 0;
};

}  // namespace telex
