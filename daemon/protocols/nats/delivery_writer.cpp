#include "protocols/nats/delivery_writer.hpp"

#include "base/short_bytes.hpp"

#include <charconv>

namespace telex::session::nats {

namespace {

constexpr std::size_t kSizeDigits = 20;
// Verb, spaces, a sid, two sizes and the line's end.
constexpr std::size_t kMost = 6 + 4 + SidNames::kMaxBytes + 2 * kSizeDigits + 2;

char* write_size(char* out, std::size_t size) {
    return std::to_chars(out, out + kSizeDigits, size).ptr;
}

char* end_line(char* out) {
    *out++ = '\r';
    *out++ = '\n';
    return out;
}

}  // namespace

char* DeliveryWriter::room(std::size_t bytes) {
    if (bytes <= kShort) {
        return short_.data();
    }
    std::string& text = long_.emplace().text();
    text.resize(bytes);
    return text.data();
}

char* DeliveryWriter::write_line(
    char* out,
    std::string_view verb,
    std::string_view subject,
    std::uint64_t subscription,
    std::string_view reply
) const {
    out = copy_to(out, verb);
    out = copy_to(out, subject);
    *out++ = ' ';
    out = names_.write(subscription, out);
    *out++ = ' ';
    if (!reply.empty()) {
        out = copy_to(out, reply);
        *out++ = ' ';
    }
    return out;
}

ByteView DeliveryWriter::write(
    std::string_view subject,
    std::uint64_t subscription,
    std::string_view reply,
    std::size_t payload
) {
    char* const begin = room(kMost + subject.size() + reply.size());
    char* out = write_line(begin, "MSG ", subject, subscription, reply);
    out = end_line(write_size(out, payload));
    return {begin, static_cast<std::size_t>(out - begin)};
}

ByteView DeliveryWriter::write_with_block(
    std::string_view subject,
    std::uint64_t subscription,
    std::string_view reply,
    ByteView block,
    std::size_t payload
) {
    char* const begin = room(kMost + subject.size() + reply.size() + block.size());
    char* out = write_line(begin, "HMSG ", subject, subscription, reply);
    out = write_size(out, block.size());
    *out++ = ' ';
    out = end_line(write_size(out, block.size() + payload));
    out = copy_to(out, block);
    return {begin, static_cast<std::size_t>(out - begin)};
}

}  // namespace telex::session::nats
