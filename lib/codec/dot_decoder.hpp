#pragma once
// Dot-stuffed texts: SMTP DATA, POP3, NNTP.
//
//      search ──a line of one dot──▶ unstuff ──▶ frame ──▶ search
//        │
//        └──longer than the limit's longest notation, discard──▶ discard ──▶ search
//
// Lines end with CR LF only: a reader that takes a lone LF for the end of a line can be made to see
// two texts in one ("SMTP smuggling"). While discarding, the last bytes stay in the input: they may
// begin the end.
#include "codec/decoder.hpp"
#include "codec/stuffed_outcome.hpp"

#include <cstddef>
#include <optional>

namespace telex::codec {

class DotDecoder final : public Decoder {
public:
    explicit DotDecoder(const Framing& framing) : outcome_(framing) {}

    DecodeStep decode(ByteView input) override;
    DecodeStep finish(ByteView rest) override;

    void limit_payload(std::size_t max_bytes) override { outcome_.limit_payload(max_bytes); }

    void release() override { outcome_.release_scratch(); }

private:
    std::optional<std::size_t> content_before(ByteView input, std::size_t line_feed);
    DecodeStep terminated(ByteView stuffed, std::size_t consumed);
    DecodeStep unterminated(ByteView input);

    std::size_t scanned_ = 0;  // no end of a frame before this offset
    StuffedOutcome outcome_;
};

}  // namespace telex::codec
