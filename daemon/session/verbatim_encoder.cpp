#include "session/verbatim_encoder.hpp"

namespace telex::session {
namespace {

class VerbatimEncoder final : public codec::Encoder {
public:
    explicit VerbatimEncoder(std::size_t max_frame_bytes) : max_frame_bytes_(max_frame_bytes) {}

    [[nodiscard]] Result<void, codec::FrameError> encode(ByteView payload, std::string& out)
        const override {
        if (payload.size() > max_frame_bytes_) {
            return unexpected(codec::FrameError::too_large);
        }
        out += payload;
        return {};
    }

    [[nodiscard]] Result<bool, codec::FrameError> wrap(
        std::size_t payload_size, codec::Wrapping& wrapping
    ) const override {
        if (payload_size > max_frame_bytes_) {
            return unexpected(codec::FrameError::too_large);
        }
        wrapping.clear();
        return true;
    }

private:
    std::size_t max_frame_bytes_;
};

}  // namespace

std::unique_ptr<codec::Encoder> make_verbatim_encoder(std::size_t max_frame_bytes) {
    return std::make_unique<VerbatimEncoder>(max_frame_bytes);
}

}  // namespace telex::session
