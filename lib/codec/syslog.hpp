#pragma once
// Syslog over a stream, RFC 6587. A frame either begins with an octet count ("17 " and 17 bytes) or
// is a line. Both may alternate on one connection. A line may begin with digits, as time stamps do:
// a count is one to ten digits without leading zeros, and a space.
//
//      between frames ──count──▶ counted decoder ──its frame ends──▶ between frames
//                     ──other──▶ line decoder    ──its frame ends──▶ between frames
#include "codec/decoder.hpp"
#include "codec/delimiter_decoder.hpp"
#include "codec/delimiter_encoder.hpp"
#include "codec/length_decoder.hpp"

#include <cstdint>
#include <string>

namespace telex::codec {

// The head of octet counting: at most ten digits and a space.
LengthOptions syslog_octet_count();

enum class SyslogStart : std::uint8_t { undecided, count, line };

// The kind of the frame that begins with these bytes; undecided if there are too few of them.
SyslogStart syslog_start(ByteView input);

class SyslogDecoder final : public Decoder {
public:
    explicit SyslogDecoder(const Framing& framing);

    DecodeStep decode(ByteView input) override;
    DecodeStep finish(ByteView rest) override;
    void limit_payload(std::size_t max_bytes) override;

private:
    enum class Mode : std::uint8_t { between_frames, counted, line };

    void share_budget(bool counted);

    void count_examined() { examined_ = beginnings_ + counted_.examined() + lines_.examined(); }

    Mode mode_ = Mode::between_frames;
    LengthDecoder<DigitsHeadReader> counted_;
    DelimiterDecoder lines_;
    std::uint64_t beginnings_ = 0;  // bytes examined to tell counts from lines
};

// Writes lines. Rejects a message that begins with what a reader would take for an octet count.
class SyslogLineEncoder final : public Encoder {
public:
    explicit SyslogLineEncoder(const Framing& framing)
        : write_(framing.delimiter.write), lines_(framing) {}

    [[nodiscard]] Result<void, FrameError> encode(ByteView payload, std::string& out)
        const override;
    [[nodiscard]] Result<bool, FrameError> wrap(std::size_t payload_size, Wrapping& wrapping)
        const override;

private:
    std::string write_;
    DelimiterEncoder lines_;
};

}  // namespace telex::codec
