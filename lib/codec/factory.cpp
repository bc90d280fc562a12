// Maps framing options to the decoder and encoder that implement them.
#include "codec/continued_decoder.hpp"
#include "codec/continued_encoder.hpp"
#include "codec/datagram.hpp"
#include "codec/decoder.hpp"
#include "codec/delimiter_decoder.hpp"
#include "codec/delimiter_encoder.hpp"
#include "codec/dle_decoder.hpp"
#include "codec/dle_encoder.hpp"
#include "codec/dot_decoder.hpp"
#include "codec/dot_encoder.hpp"
#include "codec/encoder.hpp"
#include "codec/first_frames.hpp"
#include "codec/fixed.hpp"
#include "codec/headers_decoder.hpp"
#include "codec/headers_encoder.hpp"
#include "codec/idle_frames.hpp"
#include "codec/length_decoder.hpp"
#include "codec/length_encoder.hpp"
#include "codec/stuffed_decoder.hpp"
#include "codec/stuffed_encoder.hpp"
#include "codec/syslog.hpp"
#include "codec/value_decoder.hpp"
#include "codec/value_encoder.hpp"

#include <cassert>
#include <memory>
#include <utility>

namespace telex::codec {

namespace {

std::unique_ptr<Decoder> make_length_decoder(const Framing& framing) {
    if (framing.length.continuation != Continuation::none) {
        return std::make_unique<ContinuedDecoder>(framing);
    }
    switch (framing.length.encoding) {
        case LengthEncoding::binary:
            if (is_scaled(framing.length)) {
                return std::make_unique<LengthDecoder<ScaledHeadReader>>(framing);
            }
            return std::make_unique<LengthDecoder<BinaryHeadReader>>(framing);
        case LengthEncoding::leb128:
            return std::make_unique<LengthDecoder<Leb128HeadReader>>(framing);
        case LengthEncoding::bcd:
            return std::make_unique<LengthDecoder<BcdHeadReader>>(framing);
        case LengthEncoding::ber:
            return std::make_unique<LengthDecoder<BerHeadReader>>(framing);
        case LengthEncoding::decimal:
        case LengthEncoding::hex:
            break;
    }
    return std::make_unique<LengthDecoder<DigitsHeadReader>>(framing);
}

std::unique_ptr<Encoder> make_length_encoder(const Framing& framing) {
    if (framing.length.continuation != Continuation::none) {
        return std::make_unique<ContinuedEncoder>(framing);
    }
    return std::make_unique<LengthEncoder>(framing);
}

std::unique_ptr<Decoder> make_delimiter_decoder(const Framing& framing) {
    if (has_context(framing.delimiter)) {
        return std::make_unique<ContextDelimiterDecoder>(framing, ContextSearch(framing));
    }
    return std::make_unique<DelimiterDecoder>(framing, DelimiterSearch(framing.delimiter.ends));
}

std::unique_ptr<Encoder> make_delimiter_encoder(const Framing& framing) {
    if (has_context(framing.delimiter)) {
        return std::make_unique<ContextDelimiterEncoder>(framing);
    }
    return std::make_unique<DelimiterEncoder>(framing);
}

// Decoders and encoders: `Side` of a scheme with one end byte, or those of dot and DLE stuffing.
template <class Interface, template <class Scheme> class Side, class DotSide, class DleSide>
std::unique_ptr<Interface> make_stuffed(const Framing& framing) {
    switch (framing.stuffing) {
        case Stuffing::cobs:
            return std::make_unique<Side<Cobs>>(framing);
        case Stuffing::slip:
            return std::make_unique<Side<Slip>>(framing);
        case Stuffing::dot:
            return std::make_unique<DotSide>(framing);
        case Stuffing::dle:
            return std::make_unique<DleSide>(framing);
        case Stuffing::hdlc:
            break;
    }
    return std::make_unique<Side<Hdlc>>(framing);
}

std::unique_ptr<Encoder> make_syslog_encoder(Framing framing) {
    if (framing.syslog_write == SyslogWrite::lines) {
        return std::make_unique<SyslogLineEncoder>(framing);
    }
    framing.length = syslog_octet_count();
    return std::make_unique<LengthEncoder>(framing);
}

ValueScan::ReadHead read_head_of(ValueFormat format) {
    switch (format) {
        case ValueFormat::msgpack:
            return read_msgpack_head;
        case ValueFormat::cbor:
            return read_cbor_head;
        case ValueFormat::json:  // has no heads
        case ValueFormat::resp:
            break;
    }
    return read_resp_head;
}

std::unique_ptr<Decoder> make_value_decoder(const Framing& framing) {
    if (framing.format == ValueFormat::json) {
        return std::make_unique<ValueDecoder<JsonScan>>(framing, JsonScan(framing.nesting));
    }
    ValueScan scan(read_head_of(framing.format), framing.nesting);
    return std::make_unique<ValueDecoder<ValueScan>>(framing, std::move(scan));
}

std::unique_ptr<Encoder> make_value_encoder(const Framing& framing) {
    if (framing.format == ValueFormat::json) {
        return std::make_unique<ValueEncoder<JsonScan>>(framing, JsonScan(framing.nesting), "\n");
    }
    ValueScan scan(read_head_of(framing.format), framing.nesting);
    return std::make_unique<ValueEncoder<ValueScan>>(framing, std::move(scan), "");
}

std::unique_ptr<Decoder> make_decoder_of_kind(const Framing& framing, const HeadCheck* check) {
    switch (framing.kind) {
        case FramingKind::length:
            return make_length_decoder(framing);
        case FramingKind::delimiter:
            return make_delimiter_decoder(framing);
        case FramingKind::fixed:
            return std::make_unique<FixedDecoder>(framing);
        case FramingKind::stuffed:
            return make_stuffed<Decoder, StuffedDecoder, DotDecoder, DleDecoder>(framing);
        case FramingKind::syslog:
            return std::make_unique<SyslogDecoder>(framing);
        case FramingKind::headers:
            return std::make_unique<HeadersDecoder>(
                framing, has_start_lines(framing) ? check : nullptr
            );
        case FramingKind::value:
            return make_value_decoder(framing);
        case FramingKind::idle:
            return std::make_unique<IdleDecoder>(framing);
        case FramingKind::datagram:
            break;
    }
    return std::make_unique<DatagramDecoder>(framing);
}

std::unique_ptr<Encoder> make_encoder_of_kind(const Framing& framing) {
    switch (framing.kind) {
        case FramingKind::length:
            return make_length_encoder(framing);
        case FramingKind::delimiter:
            return make_delimiter_encoder(framing);
        case FramingKind::fixed:
            return std::make_unique<FixedEncoder>(framing);
        case FramingKind::stuffed:
            return make_stuffed<Encoder, StuffedEncoder, DotEncoder, DleEncoder>(framing);
        case FramingKind::syslog:
            return make_syslog_encoder(framing);
        case FramingKind::headers:
            return std::make_unique<HeadersEncoder>(framing);
        case FramingKind::value:
            return make_value_encoder(framing);
        case FramingKind::idle:
            return std::make_unique<IdleEncoder>(framing);
        case FramingKind::datagram:
            break;
    }
    return std::make_unique<DatagramEncoder>(framing);
}

}  // namespace

std::unique_ptr<Decoder> make_decoder(const Framing& framing, const HeadCheck* check) {
    assert(!validate(framing));
    if (framing.first.framing.empty()) {
        return make_decoder_of_kind(framing, check);
    }
    return std::make_unique<FirstFramesDecoder>(
        framing.first,
        make_decoder_of_kind(framing.first.framing.front(), nullptr),
        make_decoder_of_kind(framing, check)
    );
}

std::unique_ptr<Encoder> make_encoder(const Framing& framing) {
    assert(!validate(framing));
    auto encoder = make_encoder_of_kind(framing.written());
    if (framing.unframed.empty()) {
        return encoder;
    }
    return std::make_unique<UnframedEncoder>(framing.unframed, std::move(encoder));
}

}  // namespace telex::codec
