#include "report.hpp"

#include <iostream>
#include <mutex>
#include <utility>

namespace telex::conformance {
namespace {

constexpr std::size_t kLongestPayload = 1024;

void write_line(const Json& entry) {
    static std::mutex mutex;
    const std::scoped_lock lock(mutex);
    std::cout << entry.dump() << std::endl;
}

Json describe(const Message& message) {
    Json headers = Json::array();
    for (const Header& header : message.headers) {
        headers.push_back({header.name, header.value});
    }
    Json fields{
        {"subject", message.subject},
        {"size", message.payload.size()},
        {"headers", std::move(headers)},
        {"id", message.id},
        {"content_type", message.content_type},
        {"type", message.type},
        {"wants_reply", message.wants_reply()}
    };
    if (message.payload.size() <= kLongestPayload) {
        fields["payload"] = latin1_to_utf8(message.payload);
    }
    return fields;
}

}  // namespace

void report_ok(std::uint64_t command, Json fields) {
    write_line({{"command", command}, {"ok", std::move(fields)}});
}

void report_error(std::uint64_t command, const Error& error) {
    write_line(
        {{"command", command}, {"error", {{"code", name_of(error.code)}, {"text", error.text}}}}
    );
}

void report(std::uint64_t command, const Expected<void>& result) {
    if (result) {
        report_ok(command);
    } else {
        report_error(command, result.error());
    }
}

void report(std::uint64_t command, const Expected<Message>& result) {
    if (result) {
        report_ok(command, describe(*result));
    } else {
        report_error(command, result.error());
    }
}

void report_event(const Json& event) {
    write_line(event);
}

void report_client(std::string_view kind, const std::string& client) {
    write_line({{"event", kind}, {"client", client}});
}

void report_client(std::string_view kind, const std::string& client, const Error& error) {
    write_line(
        {{"event", kind}, {"client", client}, {"code", name_of(error.code)}, {"text", error.text}}
    );
}

void report_message(const std::string& subscription, const Message& message) {
    Json event = describe(message);
    event["event"] = "message";
    event["subscription"] = subscription;
    write_line(event);
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

}  // namespace telex::conformance
