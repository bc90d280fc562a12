#pragma once
// A queue in one array that is reused: no allocation while it is empty, and none once it is as
// large as it ever has to be. (std::deque takes 576 bytes for nothing and allocates for every few
// elements that pass through it.)
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <utility>

namespace telex {

// T is default-constructible and movable; a place without an element holds a T{}.
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

    // Before element `i`. Costs as much as there is behind it.
    void insert(std::size_t i, T value) {
        push_back(std::move(value));
        for (std::size_t at = size_ - 1; at > i; --at) {
            std::swap((*this)[at], (*this)[at - 1]);
        }
    }

    // Costs as much as there is before it.
    void erase(std::size_t i) {
        for (; i > 0; --i) {
            (*this)[i] = std::move((*this)[i - 1]);
        }
        pop_front();
    }

    // Keeps the array.
    void clear() {
        while (!empty()) {
            pop_front();
        }
    }

    // Gives the array back when nothing is in it.
    void shrink() {
        if (empty()) {
            places_.reset();
            capacity_ = 0;
            first_ = 0;
        }
    }

private:
    static constexpr std::uint32_t kFirstPlaces = 4;

    std::uint32_t place(std::size_t i) const {
        return (first_ + static_cast<std::uint32_t>(i)) & (capacity_ - 1);
    }

    void grow() {
        if (capacity_ > std::numeric_limits<std::uint32_t>::max() / 2) {
            throw std::bad_alloc();
        }
        const std::uint32_t larger = capacity_ == 0 ? kFirstPlaces : 2 * capacity_;
        auto places = std::make_unique<T[]>(larger);
        for (std::size_t i = 0; i < size_; ++i) {
            places[i] = std::move((*this)[i]);
        }
        places_ = std::move(places);
        capacity_ = larger;
        first_ = 0;
    }

    // 24 bytes while it is empty: every connection and every subscription has some.
    std::unique_ptr<T[]> places_;
    std::uint32_t capacity_ = 0;  // a power of two, or none
    std::uint32_t first_ = 0;
    std::uint32_t size_ = 0;
};

}  // namespace telex
