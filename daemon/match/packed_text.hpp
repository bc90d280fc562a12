#pragma once
// A text of fixed size in its owner: short ones in place, longer ones on the heap.
#include "base/allocated.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace telex::match {

// Takes kInPlace bytes and a Length. No text is longer than a Length can tell.
template <std::size_t kInPlace, class Length = std::uint16_t>
class PackedText {
public:
    PackedText() = default;
    PackedText(const PackedText&) = delete;
    PackedText& operator=(const PackedText&) = delete;

    ~PackedText() { clear(); }

    void assign(std::string_view text) {
        clear();
        char* to = bytes_;
        if (text.size() > kInPlace) {
            to = new char[text.size()];
            std::memcpy(bytes_, &to, sizeof to);
        }
        if (!text.empty()) {
            std::memcpy(to, text.data(), text.size());
        }
        length_ = static_cast<Length>(text.size());
    }

    void clear() {
        if (length_ > kInPlace) {
            delete[] heap();
        }
        length_ = 0;
    }

    std::string_view view() const { return {length_ <= kInPlace ? bytes_ : heap(), length_}; }

    std::size_t heap_bytes() const { return length_ <= kInPlace ? 0 : allocated(length_); }

private:
    static_assert(kInPlace >= sizeof(char*));

    char* heap() const {
        char* pointer = nullptr;
        std::memcpy(&pointer, bytes_, sizeof pointer);
        return pointer;
    }

    Length length_ = 0;
    char bytes_[kInPlace] = {};
};

}  // namespace telex::match
