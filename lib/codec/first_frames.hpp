#pragma once
// The frames of a framing whose connections begin with other ones.
//
//      between first frames ──bytes of another frame, or enough of them──▶ other frames, for ever
//                 └──▶ first frame ──its end──▶ between first frames
#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "codec/framing.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace telex::codec {

class FirstFramesDecoder final : public Decoder {
public:
    FirstFramesDecoder(
        const FirstFrames& options, std::unique_ptr<Decoder> first, std::unique_ptr<Decoder> others
    );

    DecodeStep decode(ByteView input) override;
    DecodeStep finish(ByteView rest) override;
    void limit_payload(std::size_t max_bytes) override;

    void release() override { others_->release(); }

private:
    enum class State : std::uint8_t { between, inside, over };

    DecodeStep step(ByteView input);
    DecodeStep between(ByteView input);
    DecodeStep read_first(ByteView input);

    std::string begins_;
    std::size_t left_;  // first frames that may follow
    std::unique_ptr<Decoder> first_;
    std::unique_ptr<Decoder> others_;
    State state_ = State::between;
    std::uint64_t examined_here_ = 0;
};

// Writes some payloads as they are, all others by another encoder.
class UnframedEncoder final : public Encoder {
public:
    UnframedEncoder(std::vector<std::string> unframed, std::unique_ptr<Encoder> others)
        : unframed_(std::move(unframed)), others_(std::move(others)) {}

    [[nodiscard]] Result<void, FrameError> encode(ByteView payload, std::string& out)
        const override;

    // The payload must be compared.
    [[nodiscard]] Result<bool, FrameError> wrap(std::size_t, Wrapping&) const override {
        return false;
    }

private:
    std::vector<std::string> unframed_;
    std::unique_ptr<Encoder> others_;
};

}  // namespace telex::codec
