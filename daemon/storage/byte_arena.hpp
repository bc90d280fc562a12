#pragma once
// Memory for the bytes of many records that are freed together.
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace telex::storage {

// One thread.
class ByteArena {
public:
    // The copy is valid until clear().
    std::string_view copy(std::string_view bytes) {
        if (bytes.empty()) {
            return {};
        }
        if (bytes.size() > left_) {
            take_chunk(bytes.size());
        }
        char* const out = next_;
        std::memcpy(out, bytes.data(), bytes.size());
        next_ += bytes.size();
        left_ -= bytes.size();
        used_ += bytes.size();
        return {out, bytes.size()};
    }

    // Bytes of all copies.
    std::size_t used() const { return used_; }

    // Keeps some memory for the next records.
    void clear() {
        std::erase_if(chunks_, [](const Chunk& chunk) { return chunk.size != kChunk; });
        chunks_.resize(std::min(chunks_.size(), kKeptChunks));
        taken_ = 0;
        left_ = 0;
        used_ = 0;
    }

private:
    static constexpr std::size_t kChunk = std::size_t{256} * 1024;
    static constexpr std::size_t kKeptChunks = 32;

    struct Chunk {
        std::unique_ptr<char[]> bytes;
        std::size_t size = 0;
    };

    void take_chunk(std::size_t wanted) {
        const std::size_t size = std::max(wanted, kChunk);
        if (size != kChunk || taken_ == chunks_.size()) {
            const auto at = chunks_.begin() + static_cast<std::ptrdiff_t>(taken_);
            chunks_.insert(at, Chunk{std::make_unique_for_overwrite<char[]>(size), size});
        }
        next_ = chunks_[taken_].bytes.get();
        left_ = size;
        ++taken_;
    }

    std::vector<Chunk> chunks_;
    std::size_t taken_ = 0;  // chunks in use
    char* next_ = nullptr;
    std::size_t left_ = 0;
    std::size_t used_ = 0;
};

}  // namespace telex::storage
