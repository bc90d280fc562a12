#include "protocols/json/json_session.hpp"

#include "wire/frame_encoding.hpp"
#include "wire/json.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telex::session::native {
namespace {

// Reading or writing a line builds a tree and a message: some ten microseconds, and more for a long
// one.
constexpr std::uint64_t kLineWork = 1'000;
constexpr std::uint64_t kByteWork = 2;

std::uint64_t work_of_line(std::size_t size) {
    return kLineWork + kByteWork * size;
}

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// The first line of every HTTP request, which no other line of ours looks like.
bool is_http(std::string_view line) {
    return line.find(" HTTP/") != std::string_view::npos;
}

std::optional<std::string> to_json(v1::Frame& frame, const wire::MessageView& message) {
    std::string line;
    const auto size = static_cast<int>(message.body.size());
    if (!frame.mutable_message()->ParseFromArray(message.body.data(), size) ||
        !wire::append_json(line, frame)) {
        return std::nullopt;
    }
    return line;
}

}  // namespace

void JsonSession::on_frame(const InboundFrame& frame) {
    if (is_blank(frame.bytes) || !takes_frame()) {
        return;
    }
    transport().add_work(work_of_line(frame.bytes.size()));
    v1::Frame typed;
    if (const auto read = wire::json_to_frame(frame.bytes, typed); !read) {
        on_bad_line(frame.bytes, read.error());
        return;
    }
    if (!typed.has_message() && typed.control_case() == v1::Frame::CONTROL_NOT_SET) {
        on_bad_line(frame.bytes, "neither a message nor a control; null means absent");
        return;
    }
    bad_lines_ = 0;
    std::string bytes;
    wire::append_frame(bytes, typed);
    receive(bytes, nullptr);
}

void JsonSession::on_bad_line(std::string_view line, std::string_view error) {
    if (is_http(line)) {
        fail(v1::WRONG_PROTOCOL, CloseReason::wrong_protocol, "this port speaks JSON, not HTTP");
    } else if (++bad_lines_ >= kMaxBadLines) {
        fail(v1::BAD_MESSAGE, CloseReason::bad_message, error);
    } else {
        report(v1::BAD_MESSAGE, error);
    }
}

SendResult JsonSession::deliver(const Delivery& delivery) {
    if (is_closed()) {
        return not_sent(DropReason::connection_lost);
    }
    v1::Frame frame;
    frame.set_subscription(delivery.subscription);
    frame.set_reply_to(delivery.reply_to.data(), delivery.reply_to.size());
    const auto line = to_json(frame, delivery.message);
    if (!line) {
        return not_sent(DropReason::not_encodable);
    }
    transport().add_work(work_of_line(line->size()));
    return transport().send_delivery({*line, {}, nullptr}, delivery.key);
}

SendResult JsonSession::put_reply(
    std::uint64_t request, const wire::MessageView& message, const ChunkRef* /*owner*/
) {
    v1::Frame frame;
    frame.set_request(request);
    const auto line = to_json(frame, message);
    if (!line) {
        return not_sent(DropReason::not_encodable);
    }
    transport().add_work(work_of_line(line->size()));
    return transport().send_reply({*line, {}, nullptr});
}

SendResult JsonSession::put(const v1::Frame& frame) {
    std::string line;
    if (!wire::append_json(line, frame)) {
        return not_sent(DropReason::not_encodable);
    }
    return transport().send_control({line, {}, nullptr});
}

}  // namespace telex::session::native
