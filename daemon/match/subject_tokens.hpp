#pragma once
// The tokens of a subject or filter, each with its hash. Does not allocate.
#include "match/filter_shape.hpp"
#include "match/keyed_hash.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace telex::match {

struct Token {
    const char* data;
    std::uint32_t length;
    std::uint64_t hash;

    std::string_view text() const { return {data, length}; }
};

// Valid as long as the subject's bytes. Not initialized beyond size(): each match has one on its
// stack.
class SubjectTokens {
public:
    SubjectTokens(std::string_view subject, const KeyedHash& hash) {
        const char* at = subject.data();
        const char* const end = at + subject.size();
        while (size_ < kMaxTokens) {
            const char* stop = find_dot(at, end);
            const std::string_view text(at, static_cast<std::size_t>(stop - at));
            tokens_[size_++] = {at, static_cast<std::uint32_t>(text.size()), hash(text)};
            if (stop == end) {
                return;
            }
            at = stop + 1;
        }
        truncated_ = true;
    }

    std::size_t size() const { return size_; }

    const Token& operator[](std::size_t index) const { return tokens_[index]; }

    // Returns true if the subject has more tokens than are listed.
    bool truncated() const { return truncated_; }

    // Returns the end of the token at `at`.
    static const char* find_dot(const char* at, const char* end) {
        // Tokens are short: a loop is faster than a call of memchr.
        while (at != end && *at != '.') {
            ++at;
        }
        return at;
    }

private:
    std::size_t size_ = 0;
    bool truncated_ = false;
    std::array<Token, kMaxTokens> tokens_;
};

}  // namespace telex::match
