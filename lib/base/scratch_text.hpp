#pragma once
// A string for bytes that are built and passed on within a call. Its memory is that of an earlier
// one on the same thread, so that a message costs no allocation.
//
// A thread keeps at most kMostKept strings, of at most kMostKeptBytes each: the memory of longer
// ones is freed. Several may be in use at a time.
#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace telex {

class ScratchText {
public:
    static constexpr std::size_t kMostKept = 4;
    static constexpr std::size_t kMostKeptBytes = 64U << 10U;

    ScratchText() {
        Spares& kept = spares();
        if (kept.count != 0) {
            text_ = std::move(kept.texts[--kept.count]);
            text_.clear();
        }
    }

    ~ScratchText() {
        Spares& kept = spares();
        if (kept.count != kMostKept && text_.capacity() <= kMostKeptBytes) {
            kept.texts[kept.count++] = std::move(text_);
        }
    }

    ScratchText(const ScratchText&) = delete;
    ScratchText& operator=(const ScratchText&) = delete;

    // Empty at first.
    std::string& text() { return text_; }

private:
    struct Spares {
        std::array<std::string, kMostKept> texts;
        std::size_t count = 0;
    };

    static Spares& spares() {
        thread_local Spares spares;
        return spares;
    }

    std::string text_;
};

}  // namespace telex
