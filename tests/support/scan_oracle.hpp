#pragma once
// wire::scan_frame against the generated parser: shared by the unit tests and the fuzzer.
#include "telex/v1/telex.pb.h"
#include "wire/frame_view.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace telex::testing {

inline std::string compare_headers(const wire::MessageView& view, const v1::Message& message) {
    int index = 0;
    std::string difference;
    wire::for_each_header(view.body, [&](std::string_view name, std::string_view value) {
        if (index >= message.headers_size() || message.headers(index).name() != name ||
            message.headers(index).value() != value) {
            difference = fmt::format("header {} differs", index);
        }
        ++index;
    });
    if (index != message.headers_size()) {
        return "number of headers walked";
    }
    if (static_cast<int>(view.header_count) != message.headers_size()) {
        return "header_count";
    }
    return difference;
}

inline std::string compare_message(const wire::MessageView& view, const v1::Message& message) {
    if (view.subject != message.subject()) {
        return "subject";
    }
    if (view.payload != message.payload()) {
        return "payload";
    }
    if (view.reply != message.reply()) {
        return "reply";
    }
    v1::Message again;
    if (!again.ParseFromArray(view.body.data(), static_cast<int>(view.body.size())) ||
        again.SerializeAsString() != message.SerializeAsString()) {
        return "body";
    }
    return compare_headers(view, message);
}

inline std::string compare_fields(const wire::FrameView& view, const v1::Frame& frame) {
    if (view.subscription != frame.subscription() || view.request != frame.request() ||
        view.timeout_ms != frame.timeout_ms() || view.reply_to != frame.reply_to() ||
        view.durable != frame.durable()) {
        return "a field of Frame";
    }
    if (const v1::Position& position = frame.position();
        view.has_position != frame.has_position() ||
        view.position.sequence != position.sequence() ||
        view.position.unix_nanoseconds != position.unix_nanoseconds() ||
        view.position.attempt != position.attempt() ||
        view.position.redelivered != position.redelivered()) {
        return "position";
    }
    if (view.has_message != frame.has_message()) {
        return "has_message";
    }
    if (view.has_control != (frame.control_case() != v1::Frame::CONTROL_NOT_SET) ||
        view.control_field != static_cast<std::uint32_t>(frame.control_case())) {
        return "the control";
    }
    return view.has_message ? compare_message(view.message, frame.message()) : std::string();
}

// Returns the difference between scan_frame and the generated parser; empty if they agree.
inline std::string scan_disagreement(std::string_view bytes) {
    v1::Frame frame;
    const bool parsed = frame.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    auto view = wire::scan_frame(bytes);
    std::string storage;
    if (!view && view.error() == wire::ScanError::unusual) {
        view = wire::scan_merged(bytes, storage);
        if (!view && view.error() == wire::ScanError::unusual) {
            return "scan_merged has no answer";
        }
    }
    if (!view) {
        return parsed ? fmt::format("refused: {}", text_of(view.error())) : std::string();
    }
    if (!parsed) {
        // The bytes of controls are left to the parser.
        return view->has_control ? std::string() : "accepted";
    }
    return compare_fields(*view, frame);
}

}  // namespace telex::testing
