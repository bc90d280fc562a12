#include "protocols/nats/run_writer.hpp"

#include "wire/field_numbers.hpp"
#include "wire/field_writer.hpp"

#include <algorithm>

namespace telex::session::nats {

RunWriter::RunWriter(std::string_view subject, std::span<const codec::FrameAhead> frames)
    : next_(frames.data()), end_(next_) {
    const codec::FrameAhead* const last = next_ + std::min(frames.size(), kMost);
    std::size_t bytes = 0;
    while (end_ != last && bytes + end_->payload.size() <= kMostBytes) {
        bytes += end_->payload.size();
        ++end_;
    }
    append_length_head(wire::message_field::kSubject, subject.size());
    subject_at_ = static_cast<std::uint32_t>(head_.text().size());
    head_.text() += subject;
    subject_end_ = head_.text().size();
}

void RunWriter::begin_size() {
    frame_ = next_->payload.size();
    line_ = next_->payload.find('\n') + 1;
    head_.text().resize(subject_end_);
    if (frame_ != line_) {
        append_length_head(wire::message_field::kPayload, frame_ - line_);
    }
}

void RunWriter::append_length_head(std::uint32_t field, std::size_t size) {
    char head[1 + wire::kMaxVarintBytes];
    head_.text().append(head, wire::write_length_head(head, field, size));
}

}  // namespace telex::session::nats
