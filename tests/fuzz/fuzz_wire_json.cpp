// JSON lines: any line is parsed or rejected with one printable line; a parsed frame survives
// formatting and parsing. The input is also used as an encoded Frame, to test formatting alone.
//
// The usual line and the messages are read and written without a library; libraries are the oracle:
// they read the same frame from the line, and write the same fields.
#include "base/printable.hpp"
#include "wire/errors.hpp"
#include "wire/frame_view.hpp"
#include "wire/json.hpp"
#include "wire/json_message_reader.hpp"
#include "wire/json_message_writer.hpp"
#include "wire/plain_text.hpp"
#include "wire/quiet_protobuf.hpp"

#include <google/protobuf/util/json_util.h>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

namespace v1 = telex::v1;
namespace wire = telex::wire;

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

bool has_only_a_message(const v1::Frame& frame) {
    return frame.has_message() && frame.control_case() == v1::Frame::CONTROL_NOT_SET;
}

v1::Frame read_by_library(std::string_view line) {
    v1::Frame frame;
    require(wire::json_to_frame(line, frame).has_value());
    return frame;
}

// Returns whether the line is usual; then it is read as the library reads it.
bool is_read_like_the_library(std::string_view line) {
    std::string bytes = "before";
    const std::size_t before = bytes.size();
    if (!wire::read_usual_json(line, bytes)) {
        require(bytes.size() == before);
        return false;
    }
    v1::Frame frame;
    require(frame.ParseFromString(bytes.substr(before)));
    require(frame.SerializeAsString() == read_by_library(line).SerializeAsString());
    return true;
}

// The line that protobuf's library writes, with `text` instead of `payload` where it may be.
nlohmann::json written_by_library(const v1::Frame& frame) {
    std::string line;
    require(google::protobuf::util::MessageToJsonString(frame, &line).ok());
    auto tree = nlohmann::json::parse(line);
    nlohmann::json& message = tree["message"];
    if (message.contains("payload") && wire::is_plain_text(frame.message().payload())) {
        message.erase("payload");
        message["text"] = frame.message().payload();
    }
    return tree;
}

// A client may send what the exchange writes, but for the fields that only the exchange sets.
void require_usual(v1::Frame frame) {
    frame.clear_subscription();
    frame.clear_reply_to();
    std::string line;
    require(wire::append_json(line, frame));
    constexpr int kMostHeaders = 16;
    require(is_read_like_the_library(line) == (frame.message().headers_size() <= kMostHeaders));
}

// Frame -> JSON -> Frame, without unknown fields.
void round_trip(v1::Frame frame) {
    frame.DiscardUnknownFields();
    std::string line;
    require(wire::append_json(line, frame));
    require(line.find('\n') == std::string::npos);
    require(wire::is_plain_text(line));
    require(read_by_library(line).SerializeAsString() == frame.SerializeAsString());
    if (has_only_a_message(frame)) {
        require(nlohmann::json::parse(line) == written_by_library(frame));
        require_usual(frame);
    }
}

// Encoded bytes are accepted as a message's body if the generated parser accepts them.
void write_body(std::string_view body) {
    v1::Frame frame;
    const bool valid =
        frame.mutable_message()->ParseFromArray(body.data(), static_cast<int>(body.size()));
    wire::FrameView view;
    view.message.body = body;
    std::string line;
    require(wire::append_message_json(line, view) == valid);
    if (valid) {
        require(nlohmann::json::parse(line) == written_by_library(frame));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    wire::quiet_protobuf();
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    is_read_like_the_library(input);
    v1::Frame frame;
    if (const auto read = wire::json_to_frame(input, frame)) {
        round_trip(frame);
    } else {
        require(!read.error().empty());
        require(
            read.error() == telex::printable(read.error(), {.max_bytes = 2 * wire::kMaxErrorText})
        );
    }
    v1::Frame parsed;
    if (parsed.ParseFromArray(data, static_cast<int>(size))) {
        round_trip(parsed);
    }
    write_body(input);
    return 0;
}
