#include "report.hpp"

#include <utility>

namespace telex::conformance {
namespace {

Json describe(const Message& message) {
    Json headers = Json::array();
    for (const Header& header : message.headers) {
        headers.push_back({header.name, header.value});
    }
    Json fields{
        {"subject", message.subject},
        {"headers", std::move(headers)},
        {"id", message.id},
        {"content_type", message.content_type},
        {"type", message.type},
        {"wants_reply", message.wants_reply()}
    };
    harness::set_payload(fields, message.payload);
    return fields;
}

}  // namespace

void report_error(std::uint64_t command, const Error& error) {
    harness::report_error(command, name_of(error.code), error.text);
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

void report_client(std::string_view kind, const std::string& client) {
    report_event({{"event", kind}, {"client", client}});
}

void report_client(std::string_view kind, const std::string& client, const Error& error) {
    report_event(
        {{"event", kind}, {"client", client}, {"code", name_of(error.code)}, {"text", error.text}}
    );
}

void report_message(const std::string& subscription, const Message& message) {
    Json event = describe(message);
    event["event"] = "message";
    event["subscription"] = subscription;
    report_event(event);
}

}  // namespace telex::conformance
