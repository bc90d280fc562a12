#include "codec/frame_part_reader.hpp"

namespace telex::codec {

FramePartReader::FramePartReader(const LengthOptions& options)
    : reader_(options),
      layout_(options),
      continuation_(options.continuation),
      order_(options.order),
      head_size_(max_head_bytes(options)),
      at_(options.at),
      width_(options.width),
      bits_(number_of(options.continuation_bits, options.order)),
      max_parts_(options.parts) {}

bool FramePartReader::is_last(ByteView head, std::uint64_t field) const {
    switch (continuation_) {
        case Continuation::none:
            break;
        case Continuation::last:
            return (number_of(head.substr(at_, width_), order_) & bits_) == bits_;
        case Continuation::more:
            return (number_of(head.substr(at_, width_), order_) & bits_) != bits_;
        case Continuation::full:
            return field != layout_.max_field();
    }
    return true;
}

std::optional<FramePartReader::Part> FramePartReader::read(ByteView input) const {
    const LengthHead head = reader_.read(input);
    if (head.status != LengthHead::Status::complete) {
        return std::nullopt;
    }
    const auto body = layout_.body_of(head.field);
    return body ? std::optional(Part{.body = *body, .last = is_last(input, head.field)})
                : std::nullopt;
}

FramePartReader::Whole FramePartReader::read_all(ByteView input) const {
    Whole whole;
    while (!whole.last && whole.parts < max_parts_ && input.size() - whole.size >= head_size_) {
        const auto part = read(input.substr(whole.size));
        if (!part || part->body > input.size() - whole.size - head_size_) {
            break;
        }
        ++whole.parts;
        whole.size += head_size_ + part->body;
        whole.body += part->body;
        whole.last = part->last;
    }
    return whole;
}

}  // namespace telex::codec
