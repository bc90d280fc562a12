#include "protocols/syslog/message_encoder.hpp"

#include "base/short_bytes.hpp"
#include "base/utf8.hpp"
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

// Writes the fields of a message to memory that is large enough.
class MessageWriter {
public:
    // `parts_end`: end of the memory that the values of headers lie in.
    MessageWriter(char* at, const char* parts_end) : begin_(at), at_(at), parts_end_(parts_end) {}

    // Returns the value's place. Empty ones are left out, as in proto3.
    template <std::uint32_t kField>
    std::string_view text(std::string_view value) {
        if (value.empty()) {
            return {};
        }
        at_ = wire::write_length_head(at_, kField, value.size());
        const char* const place = at_;
        at_ = copy_to(at_, value);
        return {place, value.size()};
    }

    void headers(const HeaderBlock& block) {
        std::memcpy(at_, block.bytes.data(), block.bytes.size());
        at_ += block.size;
        count_ += block.count;
        header_bytes_ += block.header_bytes;
    }

    void header(const HeaderBeginning& beginning, std::string_view value) {
        constexpr std::size_t kOneByte = 0x80;  // the first length of two bytes
        const std::size_t size = beginning.size + 1 + value.size();
        if (size >= kOneByte) [[unlikely]] {
            long_header(beginning, value);
            return;
        }
        char* at = at_;
        *at++ = static_cast<char>(kHeaderTag);
        *at++ = static_cast<char>(size);
        std::memcpy(at, beginning.bytes.data(), beginning.bytes.size());
        at += beginning.size;
        *at++ = static_cast<char>(value.size());
        put_part(at, value);
        at_ = at + value.size();
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
    static constexpr std::uint32_t kHeaderTag =
        wire::tag_of(wire::message_field::kHeaders, wire::WireType::length);

    // Most parts are short, and have bytes of the message behind them: those are copied, too, and
    // overwritten by what follows.
    void put_part(char* at, std::string_view value) const {
        constexpr std::size_t kAtOnce = 32;
        if (value.size() <= kAtOnce &&
            static_cast<std::size_t>(parts_end_ - value.data()) >= kAtOnce) [[likely]] {
            std::memcpy(at, value.data(), kAtOnce);
        } else {
            std::memcpy(at, value.data(), value.size());
        }
    }

    [[gnu::noinline]] void long_header(const HeaderBeginning& beginning, std::string_view value) {
        const std::size_t size = beginning.size + wire::varint_size(value.size()) + value.size();
        at_ = wire::write_length_head(at_, wire::message_field::kHeaders, size);
        at_ = copy_to(at_, {beginning.bytes.data(), beginning.size});
        at_ += wire::write_varint(at_, value.size());
        at_ = copy_to(at_, value);
        ++count_;
        header_bytes_ += size;
    }

    const char* begin_;
    char* at_;
    const char* parts_end_;
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
        const SyslogMessage repaired = repair(message);
        return encode_parts(subject, payload, repaired, repaired_.data() + repaired_.size());
    }
    return encode_parts(subject, payload, message, message.text.data() + message.text.size());
}

inline wire::MessageView MessageEncoder::encode_parts(
    std::string_view subject, ByteView payload, const SyslogMessage& message, const char* parts_end
) {
    const std::size_t bound = bound_of(subject, payload, message);
    if (body_.size() < bound) {
        body_.resize(bound);
    }
    MessageWriter writer(body_.data(), parts_end);
    const std::string_view own_subject = writer.text<wire::message_field::kSubject>(subject);
    const ByteView own_payload = writer.text<wire::message_field::kPayload>(payload);
    writer.headers(blocks_.of(message.format, message.priority));
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
