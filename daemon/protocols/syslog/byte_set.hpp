#pragma once
// A set of byte values, decided by a look-up.
#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace telex::session::syslog {

class ByteSet {
public:
    // Has the bytes that `contains` returns true for.
    template <class Contains>
    consteval explicit ByteSet(Contains contains) {
        for (std::size_t byte = 0; byte < bytes_.size(); ++byte) {
            bytes_[byte] = contains(static_cast<char>(byte));
        }
    }

    constexpr bool has(char byte) const { return bytes_[static_cast<unsigned char>(byte)]; }

    // Number of bytes of the set at the start of the text, at most `limit`.
    std::size_t run_in(ByteView text, std::size_t limit = ByteView::npos) const {
        const std::size_t most = std::min(text.size(), limit);
        std::size_t size = 0;
        while (size < most && has(text.data()[size])) {
            ++size;
        }
        return size;
    }

    bool has_all(ByteView text) const { return run_in(text) == text.size(); }

private:
    std::array<bool, 256> bytes_{};
};

}  // namespace telex::session::syslog
