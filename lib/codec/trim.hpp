#pragma once
// What senders put after a message although its end is known without it: the NUL of a C string, the
// line end of a text. One such ending is taken off a payload that is read. Since the reader would
// shorten it, a payload that ends with one is not written (FrameError::delimiter_in_payload).
#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace telex::codec {

class Trim {
public:
    // None of them is empty.
    explicit Trim(std::vector<std::string> endings);

    bool empty() const { return endings_.empty(); }

    // Of the longest ending; 0 without endings.
    std::size_t longest() const { return endings_.empty() ? 0 : endings_.front().size(); }

    // `payload` without its ending: of several that fit, the longest. Adds the bytes looked at to
    // `examined`.
    ByteView strip(ByteView payload, std::uint64_t& examined) const;

    // True when a reader would shorten this payload.
    bool shortens(ByteView payload) const;

private:
    std::vector<std::string> endings_;  // longest first
};

}  // namespace telex::codec
