#include "protocols/json/json_session.hpp"

#include "base/scratch_text.hpp"
#include "wire/frame_encoding.hpp"
#include "wire/json.hpp"
#include "wire/json_message_reader.hpp"
#include "wire/json_message_writer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::session::native {
namespace {

// In units of the reactor. The usual line is read or written in one walk. Names, escapes and
// headers cost most: as many as the line and its frame differ in size.
constexpr std::size_t kUsualBytes = 8;    // that many are a unit
constexpr std::size_t kUsualChanges = 2;  // here too

std::uint64_t work_of_usual_line(std::size_t line, std::size_t frame) {
    const auto [less, more] = std::minmax(line, frame);
    return more / kUsualBytes + (more - less) / kUsualChanges;
}

// Any other line is read into a tree and a message: some ten microseconds, and more for a long one.
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

}  // namespace

void JsonSession::on_frame(const InboundFrame& frame) {
    if (is_blank(frame.bytes) || !takes_frame()) {
        return;
    }
    ScratchText encoded;
    if (wire::read_usual_json(frame.bytes, encoded.text())) {
        transport().add_work(work_of_usual_line(frame.bytes.size(), encoded.text().size()));
        receive_line(encoded.text());
    } else {
        receive_unusual(frame.bytes);
    }
}

void JsonSession::receive_unusual(std::string_view line) {
    transport().add_work(work_of_line(line.size()));
    v1::Frame typed;
    if (const auto read = wire::json_to_frame(line, typed); !read) {
        on_bad_line(line, read.error());
        return;
    }
    if (!typed.has_message() && typed.control_case() == v1::Frame::CONTROL_NOT_SET) {
        on_bad_line(line, "neither a message nor a control; null means absent");
        return;
    }
    std::string encoded;
    wire::append_frame(encoded, typed);
    receive_line(encoded);
}

void JsonSession::receive_line(ByteView encoded) {
    bad_lines_ = 0;
    receive(encoded, nullptr);
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
    wire::FrameView frame;
    frame.subscription = delivery.subscription;
    frame.reply_to = delivery.reply_to;
    frame.message = delivery.message;
    ScratchText line;
    if (!write_line(line.text(), frame)) {
        return not_sent(DropReason::not_encodable);
    }
    return transport().send_delivery({line.text(), {}, nullptr}, delivery.key);
}

SendResult JsonSession::deliver_stored(const broker::StoredDelivery& delivery) {
    if (is_closed()) {
        return not_sent(DropReason::connection_lost);
    }
    wire::FrameView frame;
    frame.subscription = delivery.subscription;
    frame.message.body = delivery.body;
    frame.has_position = true;
    frame.position = delivery.position;
    ScratchText line;
    if (!write_line(line.text(), frame)) {
        return not_sent(DropReason::not_encodable);
    }
    return transport().send_stored({line.text(), {}, nullptr});
}

SendResult JsonSession::put_reply(
    std::uint64_t request, const wire::MessageView& message, const ChunkRef* /*owner*/
) {
    wire::FrameView frame;
    frame.request = request;
    frame.message = message;
    ScratchText line;
    if (!write_line(line.text(), frame)) {
        return not_sent(DropReason::not_encodable);
    }
    return transport().send_reply({line.text(), {}, nullptr});
}

bool JsonSession::write_line(std::string& line, const wire::FrameView& frame) {
    if (!wire::append_message_json(line, frame)) {
        return false;
    }
    transport().add_work(work_of_usual_line(line.size(), frame.message.body.size()));
    return true;
}

SendResult JsonSession::put(const v1::Frame& frame) {
    std::string line;
    if (!wire::append_json(line, frame)) {
        return not_sent(DropReason::not_encodable);
    }
    return transport().send_control({line, {}, nullptr});
}

}  // namespace telex::session::native
