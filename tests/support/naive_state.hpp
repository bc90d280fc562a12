#pragma once
// Common base of the parts of the naive decoder: the place in the stream, the outcome so far,
// and the limits.
#include "support/naive_decoder.hpp"

#include <cstddef>

namespace telex::test {

// Wide enough that no sum needs a check.
__extension__ using Wide = __int128;

class NaiveState {
public:
    NaiveState(const codec::Framing& framing, ByteView stream)
        : framing_(framing), stream_(stream), budget_(framing.discard_budget) {}

protected:
    void fail(codec::FrameError error) {
        outcome_.error = error;
        done_ = true;
    }

    void deliver(ByteView payload, bool empty) {
        if (empty && framing_.empty == codec::EmptyFrames::error) {
            return fail(codec::FrameError::empty_frame);
        }
        if (empty && framing_.empty == codec::EmptyFrames::ignore) {
            return;
        }
        budget_ = framing_.discard_budget;
        outcome_.frames.emplace_back(payload);
    }

    // A frame over the limit. Returns false if the stream ends.
    bool give_up(Wide spent) {
        if (framing_.oversize == codec::Oversize::close || spent > budget_) {
            fail(codec::FrameError::too_large);
            return false;
        }
        budget_ -= spent;
        ++outcome_.lost;
        return true;
    }

    const codec::Framing& framing_;
    ByteView stream_;
    Wide budget_;
    std::size_t pos_ = 0;
    bool done_ = false;
    DecodeOutcome outcome_;
};

}  // namespace telex::test
