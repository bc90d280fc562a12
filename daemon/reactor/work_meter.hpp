#pragma once
// How much work a reactor has done, in units of about ten nanoseconds, and how much its current
// slice may still do.
//
// Frames, bytes and calls do not say what they cost: one publication may visit ten thousand nodes
// or have ten thousand subscribers. So the code that does work for a client adds it here, and the
// code that serves a client asks whether the slice is over.
#include <algorithm>
#include <cstdint>

namespace telex::reactor {

// Units of work. Estimates: they only have to be right within a small factor.
namespace work {

inline constexpr std::uint64_t kFrame = 8;
inline constexpr std::uint64_t kRead = 128;         // a system call
inline constexpr std::uint64_t kReadBytes = 64;     // that number is a unit
inline constexpr std::uint64_t kWrittenBytes = 32;  // here too; the kernel does the peer's part
inline constexpr std::uint64_t kDelivery = 8;
inline constexpr std::uint64_t kGroupDelivery = 16;  // with the choice of the member
inline constexpr std::uint64_t kForward = 8;         // to one other reactor
inline constexpr std::uint64_t kNode = 2;            // of the subject trie
inline constexpr std::uint64_t kEntry = 2;           // of a list, visited
inline constexpr std::uint64_t kPlace = 16;          // of the reply table, freed
inline constexpr std::uint64_t kFailure = 32;        // of a request
inline constexpr std::uint64_t kVisit = 32;      // of a connection, by its time limits or a reload
inline constexpr std::uint64_t kListEntry = 64;  // of an operator's list
inline constexpr std::uint64_t kSubscription = 128;  // begun, ended, or announced
inline constexpr std::uint64_t kFlush = 512;         // of a connection's output, by a system call
inline constexpr std::uint64_t kConnection = 2'048;  // accepted, or ended
inline constexpr std::uint64_t kRefusal = 1'024;     // with an error frame
inline constexpr std::uint64_t kHandshake = 24'576;  // a step of TLS, with a signature

}  // namespace work

// Owner: a reactor. One thread.
class WorkMeter {
public:
    void add(std::uint64_t units) { total_ += units; }

    std::uint64_t total() const { return total_; }

    // --- the slice: outside of one there is no limit -----------------------------------------
    void begin_slice(std::uint64_t units) {
        begin_ = total_;
        end_ = total_ + units;
    }

    // It ends after this much more, if it does not end earlier.
    void shorten_slice(std::uint64_t units) { end_ = std::min(end_, total_ + units); }

    bool slice_is_over() const { return total_ >= end_; }

    std::uint64_t slice_left() const { return slice_is_over() ? 0 : end_ - total_; }

    // The work of the slice so far.
    std::uint64_t slice_work() const { return total_ - begin_; }

    // Returns the work of the slice.
    std::uint64_t end_slice() {
        end_ = UINT64_MAX;
        return slice_work();
    }

private:
    std::uint64_t total_ = 0;
    std::uint64_t begin_ = 0;
    std::uint64_t end_ = UINT64_MAX;
};

}  // namespace telex::reactor
