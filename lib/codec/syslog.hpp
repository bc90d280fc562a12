#pragma once
// Syslog over a stream, RFC 6587. Each frame begins either with a digit: octet counting ("17 " and
// 17 bytes), or with anything else: a line. Both may alternate on one connection.
//
//      between frames ──digit──▶ counted decoder ──its frame ends──▶ between frames
//                     ──other──▶ line decoder    ──its frame ends──▶ between frames
#include "codec/decoder.hpp"
#include "codec/delimiter_decoder.hpp"
#include "codec/delimiter_encoder.hpp"
#include "codec/length_decoder.hpp"

namespace telex::codec {

// The head that octet counting uses: at most ten digits and a space.
LengthOptions syslog_octet_count();

class SyslogDecoder final : public Decoder {
public:
    explicit SyslogDecoder(const Framing& framing);

    DecodeStep decode(ByteView input) override;
    DecodeStep finish(ByteView rest) override;
    void limit_payload(std::size_t max_bytes) override;

private:
    enum class Mode : std::uint8_t { between_frames, counted, line };

    void share_budget(bool counted);

    Mode mode_ = Mode::between_frames;
    LengthDecoder<DecimalHeadReader> counted_;
    DelimiterDecoder lines_;
};

// Writes lines. A message that begins with a digit would be read as an octet count: refused.
class SyslogLineEncoder final : public Encoder {
public:
    explicit SyslogLineEncoder(const Framing& framing) : lines_(framing) {}

    [[nodiscard]] Result<void, FrameError> encode(ByteView payload, std::string& out)
        const override;
    [[nodiscard]] Result<bool, FrameError> wrap(std::size_t payload_size, Wrapping& wrapping)
        const override;

private:
    DelimiterEncoder lines_;
};

}  // namespace telex::codec
