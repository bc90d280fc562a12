#include "codec/scaled_head.hpp"

namespace telex::codec {

bool is_scaled(const LengthOptions& options) {
    return options.head_size > 0 || !options.mask.empty() || !options.flags.empty() ||
           !options.continuation_bits.empty() || options.unit != 1 || options.align != 1 ||
           options.padding_width > 0;
}

std::uint64_t number_of(ByteView bytes, ByteOrder order) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const char byte = bytes[order == ByteOrder::big ? i : bytes.size() - 1 - i];
        number = number << 8U | static_cast<unsigned char>(byte);
    }
    return number;
}

std::uint64_t mask_of(const LengthOptions& options) {
    if (!options.mask.empty()) {
        return number_of(options.mask, options.order);
    }
    return ~number_of(options.flags, options.order) &
           ~number_of(options.continuation_bits, options.order) &
           number_of(std::string(options.width, '\xFF'), options.order);
}

ScaledHeadReader::ScaledHeadReader(const LengthOptions& options)
    : at_(options.at),
      width_(options.width),
      order_(options.order),
      head_size_(max_head_bytes(options)),
      mask_(mask_of(options)),
      unit_(options.unit),
      align_(options.align),
      padding_at_(options.padding_at),
      padding_width_(options.padding_width) {}

LengthHead ScaledHeadReader::read(ByteView input) const {
    if (input.size() < head_size_) {
        return {};
    }
    LengthHead head{
        .status = LengthHead::Status::complete,
        .size = static_cast<std::uint32_t>(head_size_),
        .field = number_of(input.substr(at_, width_), order_) & mask_
    };
    if (__builtin_mul_overflow(head.field, unit_, &head.field)) {
        head.status = LengthHead::Status::malformed;
    }
    return head;
}

std::size_t ScaledHeadReader::padding(ByteView input, std::uint64_t body) const {
    const std::uint64_t beyond = body % align_;
    const std::uint64_t more = number_of(input.substr(padding_at_, padding_width_), order_);
    return (beyond == 0 ? 0 : align_ - beyond) + more;
}

}  // namespace telex::codec
