#include "server/stream/discard.hpp"

#include <array>

namespace telex::server {

namespace {

// A peer that sends without end is cut off by its deadline.
constexpr int kMaxReads = 64;

}  // namespace

IoResult::Status discard_input(ByteStream& stream) {
    std::array<char, 16U << 10U> nowhere;
    for (int i = 0; i < kMaxReads; ++i) {
        const IoResult result = stream.read(nowhere.data(), nowhere.size());
        const bool goes_on =
            result.status == IoResult::Status::done || result.status == IoResult::Status::cut;
        if (!goes_on) {
            return result.status;
        }
    }
    return IoResult::Status::done;
}

}  // namespace telex::server
