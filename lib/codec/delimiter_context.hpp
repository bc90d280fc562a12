#pragma once
// Delimiters outside of quotes and brackets, and bytes behind a delimiter that belong to its frame.
//
// Quotes hide everything but their end; a doubled quote ends quoted content and begins it again
// (RFC 4180). Brackets hide delimiters. A closing bracket that does not belong to the innermost
// open one is an ordinary byte.
#include "base/byte_scan.hpp"
#include "base/bytes.hpp"
#include "codec/delimiter_search.hpp"
#include "codec/framing.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace telex::codec {

// Returns true if the options need more than a DelimiterSearch.
inline bool has_context(const DelimiterOptions& options) {
    return options.after > 0 || !options.quotes.empty() || !options.brackets.empty();
}

// The options. Shared by all frames.
class DelimiterContext {
public:
    // Of one frame.
    struct State {
        bool quoted = false;
        bool escaped = false;    // within quotes: the next byte has no meaning
        bool too_deep = false;   // brackets are nested deeper than the limit
        char quote = 0;          // the one that ends the quoted content
        std::string open;        // the brackets that close the open ones
        DelimiterMatch pending;  // bytes behind this delimiter are missing

        // A delimiter now would not end the frame, or has not yet.
        bool is_inside() const { return quoted || !open.empty() || pending; }

        void restart();
    };

    DelimiterContext(const DelimiterOptions& options, std::size_t nesting);

    // As DelimiterSearch::find; the end includes the bytes behind the delimiter. A match restarts
    // the state. Returns none if brackets are too deep.
    DelimiterMatch find(ByteView input, std::size_t from, State& state, std::uint64_t& examined)
        const;

    // The first match in a whole payload.
    DelimiterMatch first_in(ByteView payload) const {
        State state;
        std::uint64_t examined = 0;
        return find(payload, 0, state, examined);
    }

    // Of a delimiter and the bytes behind it.
    std::size_t longest() const { return delimiters_.longest() + after_; }

    bool has_bytes_behind() const { return after_ > 0; }

private:
    DelimiterMatch complete(ByteView input, State& state) const;
    std::size_t skip_quoted(ByteView input, std::size_t from, State& state, std::uint64_t& examined)
        const;
    void take(char byte, State& state) const;

    DelimiterSearch delimiters_;
    ByteScan marks_;  // quotes, brackets, the last bytes of delimiters
    std::string quotes_;
    std::string brackets_;  // pairs
    std::string escape_;
    std::size_t after_;
    std::size_t nesting_;
};

// The search of a decoder, with the state of its frame.
class ContextSearch {
public:
    static constexpr bool kHasContext = true;

    explicit ContextSearch(const Framing& framing) : context_(framing.delimiter, framing.nesting) {}

    DelimiterMatch find(ByteView input, std::size_t from, std::uint64_t& examined) {
        return context_.find(input, from, state_, examined);
    }

    std::size_t longest() const { return context_.longest(); }

    bool too_deep() const { return state_.too_deep; }

    bool is_inside() const { return state_.is_inside(); }

    // Bytes before the delimiter that was found are dropped from the input.
    void drop(std::size_t bytes);

private:
    DelimiterContext context_;
    DelimiterContext::State state_;
};

}  // namespace telex::codec
