#pragma once
// Cuts a stream of NATS into commands: a control line, and for PUB and HPUB the payload behind it.
//
//   line ──PUB, HPUB with a size within the limit──▶ payload ──CR LF──▶ line
//     │ └──any other──▶ line
//     └──longer than kMaxControlLine──▶ error
//
// A frame is the line without its end, or the line with its end and the payload without the CR LF
// behind it. Verbs and arguments are read by parse_line(): a line whose size cannot be read is
// a separate frame, and the session refuses it.
//
// Sources: the client protocol at docs.nats.io; nats-server 2.9.10 for what is not written there
// (a line may end with LF alone, a payload may not).
#include "codec/decoder.hpp"
#include "protocols/nats/command_line.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace telex::session::nats {

// Without its end.
inline constexpr std::size_t kMaxControlLine = 4096;

// Owner and thread: the connection's.
class CommandDecoder final : public codec::Decoder {
public:
    // `max_payload_bytes`: of header block and payload together.
    explicit CommandDecoder(std::size_t max_payload_bytes)
        : max_payload_bytes_(max_payload_bytes), limit_(max_payload_bytes) {}

    codec::DecodeStep decode(ByteView input) override;
    // Finds publications whose line differs from that of the last frame in the size only.
    std::size_t look_ahead(ByteView input, std::span<codec::FrameAhead> frames) override;
    codec::DecodeStep finish(ByteView rest) override;

    bool is_fresh() const override { return scanned_ == 0; }

    // Applies to payloads; a line has its own limit.
    void limit_payload(std::size_t max_bytes) override;

private:
    // look_ahead() does not compare longer lines.
    static constexpr std::size_t kMaxRepeatedLine = 256;

    codec::DecodeStep wait_for_line(ByteView input);
    codec::DecodeStep take_payload(ByteView input, std::size_t line, std::size_t payload);

    std::size_t max_payload_bytes_;
    std::size_t limit_;
    std::size_t scanned_ = 0;  // bytes at the front of the input without LF
    std::size_t needed_ = 0;   // bytes of a publication whose line has arrived
    // Of the last frame, with its end; 0: it has no payload, or its line is long.
    std::size_t last_line_size_ = 0;
    std::size_t last_payload_size_ = 0;
    std::array<char, kMaxRepeatedLine> last_line_;
};

}  // namespace telex::session::nats
