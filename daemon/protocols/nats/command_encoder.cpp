#include "protocols/nats/command_encoder.hpp"

#include "protocols/nats/command_line.hpp"

namespace telex::session::nats {

namespace {

// For the line, and for headers of a message whose publisher has another limit.
constexpr std::size_t kAllowance = 64U << 10U;

class CommandEncoder final : public codec::Encoder {
public:
    explicit CommandEncoder(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    [[nodiscard]] Result<void, codec::FrameError> encode(ByteView payload, std::string& out)
        const override {
        if (payload.size() > max_bytes_) {
            return unexpected(codec::FrameError::too_large);
        }
        out += payload;
        out += kLineEnd;
        return {};
    }

    [[nodiscard]] Result<bool, codec::FrameError> wrap(
        std::size_t payload_size, codec::Wrapping& wrapping
    ) const override {
        if (payload_size > max_bytes_) {
            return unexpected(codec::FrameError::too_large);
        }
        wrapping.head_size = 0;
        wrapping.tail = kLineEnd;
        return true;
    }

private:
    std::size_t max_bytes_;
};

}  // namespace

std::unique_ptr<codec::Encoder> make_command_encoder(std::size_t max_payload_bytes) {
    return std::make_unique<CommandEncoder>(max_payload_bytes + kAllowance);
}

}  // namespace telex::session::nats
