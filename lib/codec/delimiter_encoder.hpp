#pragma once
// Writes delimited frames. A payload that the reader would cut in two, or give back shortened, is
// refused: that is how one message cannot smuggle in another (CWE-93).
#include "codec/delimiter_search.hpp"
#include "codec/encoder.hpp"

namespace telex::codec {

class DelimiterEncoder final : public Encoder {
public:
    explicit DelimiterEncoder(const Framing& framing);

    [[nodiscard]] Result<void, FrameError> encode(ByteView payload, std::string& out)
        const override;
    [[nodiscard]] Result<bool, FrameError> wrap(std::size_t payload_size, Wrapping& wrapping)
        const override;

private:
    [[nodiscard]] std::optional<Result<void, FrameError>> encode_complete(
        ByteView payload, std::string& out
    ) const;

    DelimiterSearch reader_;  // what ends a frame when we read
    DelimiterSearch any_;     // that, or what we write
    std::string write_;
    bool optional_cr_;
    bool keep_;
    bool refuse_empty_;
    std::size_t limit_;
};

}  // namespace telex::codec
