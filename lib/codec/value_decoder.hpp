#pragma once
// Frames that are values of JSON, MessagePack, CBOR or RESP: self-delimiting values.
//
//      between values ──white space (JSON)──▶ between values (skipped)
//            └──▶ value ──its end──▶ frame ──▶ between values
//                   └──over the limit, discard──▶ discard ──its end──▶ between values
//
// The scan sees no byte beyond the limit but one, so that errors do not depend on how the stream
// was split. While discarding, the budget takes the place of the limit.
#include "codec/decoder.hpp"
#include "codec/framing.hpp"
#include "codec/json_scan.hpp"
#include "codec/value_scan.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace telex::codec {

// Scan is JsonScan or ValueScan.
template <class Scan>
class ValueDecoder final : public Decoder {
public:
    ValueDecoder(const Framing& framing, Scan scan);

    DecodeStep decode(ByteView input) override;
    DecodeStep finish(ByteView rest) override;
    void limit_payload(std::size_t max_bytes) override;

private:
    DecodeStep take(ByteView input);
    DecodeStep discard(ByteView input);
    DecodeStep skip_scanned(ByteView input);
    DecodeStep end_discard();
    void start_value();

    Scan scan_;
    bool between_ = true;
    bool discarding_ = false;
    std::size_t wanted_ = 1;  // size of the input below which no step is possible
    std::size_t limit_;
    std::size_t max_frame_bytes_;
    bool discards_;
    std::size_t budget_;
    std::size_t budget_left_;
};

extern template class ValueDecoder<JsonScan>;
extern template class ValueDecoder<ValueScan>;

}  // namespace telex::codec
