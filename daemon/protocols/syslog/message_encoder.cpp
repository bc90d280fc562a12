#include "protocols/syslog/message_encoder.hpp"

#include "base/utf8.hpp"
#include "protocols/syslog/header_block.hpp"
#include "wire/field_numbers.hpp"
#include "wire/field_writer.hpp"

#include <array>
#include <cstring>

namespace telex::session::syslog {
namespace {

constexpr std::array<std::string_view SyslogMessage::*, kPartHeaders> kParts = {
    &SyslogMessage::time,
    &SyslogMessage::host,
    &SyslogMessage::app,
    &SyslogMessage::procid,
    &SyslogMessage::msgid,
    &SyslogMessage::data,
};

char* put(char* at, std::string_view bytes) {
    std::memcpy(at, bytes.data(), bytes.size());
    return at + bytes.size();
}

// Writes the fields of a message to memory that is large enough.
class MessageWriter {
public:
    explicit MessageWriter(char* at) : begin_(at), at_(at) {}

    // Returns the value's place. Empty ones are left out, as in proto3.
    std::string_view text(std::uint32_t field, std::string_view value) {
        if (value.empty()) {
            return {};
        }
        at_ = wire::write_length_head(at_, field, value.size());
        const char* const place = at_;
        at_ = put(at_, value);
        return {place, value.size()};
    }

    void headers(const HeaderBlock& block) {
        at_ = put(at_, block.bytes);
        count_ += block.count;
        header_bytes_ += block.header_bytes;
    }

    void header(std::string_view beginning, std::string_view value) {
        const std::size_t size = beginning.size() + wire::varint_size(value.size()) + value.size();
        at_ = wire::write_length_head(at_, wire::message_field::kHeaders, size);
        at_ = put(at_, beginning);
        at_ += wire::write_varint(at_, value.size());
        at_ = put(at_, value);
        ++count_;
        header_bytes_ += size;
    }

    wire::MessageView view(std::string_view subject, ByteView payload) const {
        wire::MessageView view;
        view.body = {begin_, static_cast<std::size_t>(at_ - begin_)};
        view.subject = subject;
        view.payload = payload;
        view.header_count = count_;
        view.header_bytes = header_bytes_;
        return view;
    }

private:
    const char* begin_;
    char* at_;
    std::uint32_t count_ = 0;
    std::size_t header_bytes_ = 0;
};

// Upper bound of the encoded size.
std::size_t bound_of(std::string_view subject, ByteView payload, const SyslogMessage& message) {
    std::size_t size = subject.size() + payload.size() + kMaxHeaderBlocks;
    for (const auto part : kParts) {
        size += (message.*part).size();
    }
    return size;
}

void append_repaired(std::string& out, std::string_view value) {
    while (!value.empty()) {
        const std::size_t length = utf8_length(value);
        out += length == 0 ? std::string_view("?") : value.substr(0, length);
        value.remove_prefix(length == 0 ? 1 : length);
    }
}

}  // namespace

SyslogMessage MessageEncoder::repair(const SyslogMessage& message) {
    // A repaired part is not longer than the original: the memory does not move while views refer
    // to it.
    repaired_.clear();
    repaired_.reserve(message.header.size());
    SyslogMessage repaired = message;
    for (const auto part : kParts) {
        const std::size_t begin = repaired_.size();
        append_repaired(repaired_, message.*part);
        repaired.*part = std::string_view(repaired_).substr(begin);
    }
    return repaired;
}

wire::MessageView MessageEncoder::encode(
    std::string_view subject, ByteView payload, const SyslogMessage& message
) {
    used_ = true;
    if (!is_utf8(message.header)) [[unlikely]] {
        SyslogMessage repaired = repair(message);
        repaired.header = {};
        return encode(subject, payload, repaired);
    }
    const std::size_t bound = bound_of(subject, payload, message);
    if (body_.size() < bound) {
        body_.resize(bound);
    }
    MessageWriter writer(body_.data());
    const std::string_view own_subject = writer.text(wire::message_field::kSubject, subject);
    const ByteView own_payload = writer.text(wire::message_field::kPayload, payload);
    writer.headers(format_block(message.format));
    if (message.priority) {
        writer.headers(priority_block(*message.priority));
    }
    const auto beginnings = part_beginnings();
    for (std::size_t i = 0; i < kPartHeaders; ++i) {
        const std::string_view value = message.*kParts[i];
        if (!value.empty()) {
            writer.header(beginnings[i], value);
        }
    }
    return writer.view(own_subject, own_payload);
}

void MessageEncoder::give_back_if_idle() {
    if (!used_) {
        body_ = {};
        repaired_ = {};
    }
    used_ = false;
}

}  // namespace telex::session::syslog
