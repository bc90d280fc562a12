#pragma once
// Writes delimited frames. Rejects a payload that the reader would split or shorten, so that one
// message cannot smuggle in another (CWE-93).
#include "codec/delimiter_context.hpp"
#include "codec/delimiter_search.hpp"
#include "codec/encoder.hpp"

namespace telex::codec {

// Search is DelimiterSearch or DelimiterContext.
template <class Search>
class BasicDelimiterEncoder final : public Encoder {
public:
    explicit BasicDelimiterEncoder(const Framing& framing);

    [[nodiscard]] Result<void, FrameError> encode(ByteView payload, std::string& out)
        const override;
    [[nodiscard]] Result<bool, FrameError> wrap(std::size_t payload_size, Wrapping& wrapping)
        const override;

private:
    [[gnu::noinline]] void append_start(ByteView& payload, std::string& out) const;
    [[nodiscard, gnu::noinline]] Result<void, FrameError> append_kept(
        ByteView payload, std::string& out
    ) const;
    [[nodiscard, gnu::always_inline]] Result<void, FrameError> append_content(
        ByteView content, std::string& out
    ) const;

    std::string start_;
    std::string skip_;
    Search reader_;  // delimiters that end a frame for the reader
    Search any_;     // those and the one that is written
    std::string write_;
    bool optional_cr_;
    bool keep_;
    bool refuse_empty_;
    std::size_t limit_;
};

using DelimiterEncoder = BasicDelimiterEncoder<DelimiterSearch>;
using ContextDelimiterEncoder = BasicDelimiterEncoder<DelimiterContext>;

extern template class BasicDelimiterEncoder<DelimiterSearch>;
extern template class BasicDelimiterEncoder<DelimiterContext>;

}  // namespace telex::codec
