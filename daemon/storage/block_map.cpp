#include "storage/block_map.hpp"

#include <algorithm>
#include <bit>

namespace telex::storage {

// Makes chunks up to that of the sequence.
void BlockMap::extend_to(Sequence sequence) {
    if (chunks_.empty()) {
        begin_ = sequence / kChunk * kChunk;
    }
    const std::size_t wanted = sequence / kChunk - begin_ / kChunk + 1;
    while (chunks_.size() < wanted) {
        chunks_.emplace_back();
    }
}

void BlockMap::add_block(Sequence base, Sequence last) {
    const std::lock_guard lock(mutex_);
    const bool is_first = chunks_.empty();
    if (is_first) {
        extend_to(base);
    }
    extend_to(last);
    const Sequence gap = is_first ? base : last_ + 1;
    last_ = last;
    for (Sequence missing = gap; missing < base; ++missing) {
        mark_removed(missing);
    }
    chunk_of(base).starts[word_of(base)] |= bit_of(base);
}

// The last start at or before the sequence; kNoSequence if it was forgotten.
Sequence BlockMap::base_of(Sequence sequence) const {
    std::uint64_t mask = bit_of(sequence) | (bit_of(sequence) - 1);
    for (Sequence word = sequence / 64;; --word) {
        const std::uint64_t found = chunk_of(word * 64).starts[word % kWords] & mask;
        if (found != 0) {
            return word * 64 + 63 - static_cast<unsigned>(std::countl_zero(found));
        }
        if (word * 64 <= begin_) {
            return streams::kNoSequence;
        }
        mask = ~std::uint64_t{0};
    }
}

// The last sequence of the block that has this one.
Sequence BlockMap::end_of(Sequence sequence) const {
    const std::uint64_t bit = bit_of(sequence);
    std::uint64_t mask = ~(bit | (bit - 1));
    for (Sequence word = sequence / 64; word <= last_ / 64; ++word) {
        const std::uint64_t found = chunk_of(word * 64).starts[word % kWords] & mask;
        if (found != 0) {
            return word * 64 + static_cast<unsigned>(std::countr_zero(found)) - 1;
        }
        mask = ~std::uint64_t{0};
    }
    return last_;
}

void BlockMap::note_if_dead(Sequence base) {
    const Sequence end = end_of(base);
    for (Sequence word = base / 64; word <= end / 64; ++word) {
        std::uint64_t mask = ~std::uint64_t{0};
        if (word == base / 64) {
            mask &= ~(bit_of(base) - 1);
        }
        if (word == end / 64) {
            mask &= bit_of(end) | (bit_of(end) - 1);
        }
        if ((mask & ~chunk_of(word * 64).removed[word % kWords]) != 0) {
            return;
        }
    }
    dead_.push_back(base);
}

Sequence BlockMap::remove(Sequence sequence) {
    const std::lock_guard lock(mutex_);
    if (!covers(sequence) || removed(sequence)) {
        return streams::kNoSequence;
    }
    const Sequence base = base_of(sequence);
    if (base != streams::kNoSequence) {
        mark_removed(sequence);
        note_if_dead(base);
    }
    return base;
}

bool BlockMap::load(Sequence base, ByteView bitmap) {
    const std::lock_guard lock(mutex_);
    if (!covers(base) || !starts(base)) {
        return true;  // the block was deleted, and a crash kept its bitmap
    }
    if (bitmap.size() > kChunk / 8) {
        return false;
    }
    const Sequence end = end_of(base);
    for (std::size_t i = 0; i < bitmap.size() * 8; ++i) {
        if ((static_cast<unsigned char>(bitmap[i / 8]) >> (i % 8) & 1U) == 0) {
            continue;
        }
        if (base + i > end) {
            return false;
        }
        mark_removed(base + i);
    }
    note_if_dead(base);
    return true;
}

bool BlockMap::is_removed(Sequence sequence) const {
    const std::lock_guard lock(mutex_);
    return covers(sequence) && removed(sequence);
}

std::string BlockMap::bitmap(Sequence base) const {
    const std::lock_guard lock(mutex_);
    std::string bytes(kChunk / 8, '\0');
    const Sequence end = std::min(end_of(base), base + kChunk - 1);
    std::size_t used = 0;
    for (Sequence sequence = base; sequence <= end; ++sequence) {
        if (removed(sequence)) {
            const std::size_t i = sequence - base;
            bytes[i / 8] =
                static_cast<char>(static_cast<unsigned char>(bytes[i / 8]) | (1U << (i % 8)));
            used = i / 8 + 1;
        }
    }
    bytes.resize(used);
    return bytes;
}

std::vector<Sequence> BlockMap::take_dead(Sequence before, Sequence floor) {
    const std::lock_guard lock(mutex_);
    std::vector<Sequence> taken;
    std::erase_if(dead_, [&](Sequence base) {
        if (!covers(base)) {
            return true;
        }
        const Sequence end = end_of(base);
        if (end >= before || end >= floor) {
            return false;
        }
        taken.push_back(base);
        return true;
    });
    return taken;
}

bool BlockMap::has_dead(Sequence before, Sequence floor) const {
    const std::lock_guard lock(mutex_);
    return std::any_of(dead_.begin(), dead_.end(), [&](Sequence base) {
        return !covers(base) || end_of(base) < std::min(before, floor);
    });
}

void BlockMap::forget_before(Sequence sequence) {
    const std::lock_guard lock(mutex_);
    // The block that has the sequence stays as a whole.
    const Sequence kept = covers(sequence) ? base_of(sequence) : sequence;
    while (chunks_.size() > 1 && begin_ + kChunk <= kept) {
        chunks_.pop_front();
        begin_ += kChunk;
    }
}

void BlockMap::clear() {
    const std::lock_guard lock(mutex_);
    chunks_.clear();
    dead_.clear();
    begin_ = 0;
    last_ = 0;
}

std::size_t BlockMap::memory_bytes() const {
    const std::lock_guard lock(mutex_);
    return chunks_.size() * sizeof(Chunk) + dead_.capacity() * sizeof(Sequence);
}

}  // namespace telex::storage
