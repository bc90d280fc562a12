#pragma once
// Results and events on standard output, one JSON object a line (docs/testing.md). Thread: any.
#include <telex/client.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace telex::conformance {

using Json = nlohmann::json;

// Writes the result of a command.
void report_ok(std::uint64_t command, Json fields = Json::object());
void report_error(std::uint64_t command, const Error& error);
void report(std::uint64_t command, const Expected<void>& result);
void report(std::uint64_t command, const Expected<Message>& result);

// Writes an event; `source` is the name of a client or subscription.
void report_event(const Json& event);
void report_client(std::string_view kind, const std::string& client);
void report_client(std::string_view kind, const std::string& client, const Error& error);
void report_message(const std::string& subscription, const Message& message);

// Octets as text with one character for each, and back.
std::string latin1_to_utf8(std::string_view octets);
std::string utf8_to_latin1(std::string_view text);

}  // namespace telex::conformance
