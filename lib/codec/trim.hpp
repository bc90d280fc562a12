#pragma once
// Removes an ending that senders put after a message although its end is already known: the NUL of
// a C string, the line end of a text. One such ending is removed from a payload that is read. A
// payload that ends with one is not written (FrameError::delimiter_in_payload), since the reader
// would shorten it.
#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace telex::codec {

class Trim {
public:
    // Requires endings that are not empty.
    explicit Trim(std::vector<std::string> endings);

    bool empty() const { return endings_.empty(); }

    // Size of the longest ending; 0 without endings.
    std::size_t longest() const { return endings_.empty() ? 0 : endings_.front().size(); }

    // Returns `payload` without its ending; of several that match, the longest. Adds the number of
    // bytes examined to `examined`.
    ByteView strip(ByteView payload, std::uint64_t& examined) const;

    // Returns true if a reader would shorten this payload.
    bool shortens(ByteView payload) const;

private:
    std::vector<std::string> endings_;  // longest first
};

}  // namespace telex::codec
