#include "harness_report.hpp"

#include <algorithm>
#include <iostream>
#include <mutex>
#include <utility>

namespace telex::harness {
namespace {

constexpr std::size_t kLongestPayload = 1024;

void write_line(const Json& entry) {
    static std::mutex mutex;
    const std::scoped_lock lock(mutex);
    std::cout << entry.dump() << std::endl;
}

}  // namespace

void report_ok(std::uint64_t command, Json fields) {
    write_line({{"command", command}, {"ok", std::move(fields)}});
}

void report_error(std::uint64_t command, std::string_view code, std::string_view text) {
    write_line({{"command", command}, {"error", {{"code", code}, {"text", text}}}});
}

void report_event(const Json& event) {
    write_line(event);
}

void set_payload(Json& message, std::string_view payload) {
    message["size"] = payload.size();
    if (payload.size() <= kLongestPayload) {
        message["payload"] = latin1_to_utf8(payload);
    }
}

std::string latin1_to_utf8(std::string_view octets) {
    std::string text;
    text.reserve(octets.size());
    for (const char octet : octets) {
        const auto code = static_cast<unsigned char>(octet);
        if (code < 0x80) {
            text += octet;
        } else {
            text += static_cast<char>(0xC0U | (code >> 6U));
            text += static_cast<char>(0x80U | (code & 0x3FU));
        }
    }
    return text;
}

std::string utf8_to_latin1(std::string_view text) {
    std::string octets;
    octets.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto code = static_cast<unsigned char>(text[at]);
        if (code < 0x80 || at + 1 == text.size()) {
            octets += text[at];
        } else {
            const auto next = static_cast<unsigned char>(text[++at]);
            octets += static_cast<char>(((code & 0x03U) << 6U) | (next & 0x3FU));
        }
    }
    return octets;
}

std::string numbered_payload(std::uint64_t number, std::size_t size) {
    std::string text = std::to_string(number);
    text.insert(0, size - std::min(size, text.size()), '0');
    return text;
}

std::string payload_of(const Json& arguments) {
    if (arguments.contains("size")) {
        return std::string(arguments["size"].get<std::size_t>(), 'x');
    }
    return utf8_to_latin1(arguments.value("payload", ""));
}

void Counter::take(std::string_view payload) {
    const std::uint64_t number = std::stoull(std::string(payload));
    in_order_ &= number >= next_;
    next_ = number + 1;
    ++received_;
    if (next_ == end_) {
        report_event(
            {{"event", "counted"},
             {"subscription", subscription_},
             {"count", received_},
             {"in_order", in_order_}}
        );
    }
}

}  // namespace telex::harness
