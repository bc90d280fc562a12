#pragma once
// Results and events of libtelex. Thread: any.
#include "support/harness_report.hpp"
#include <telex/client.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace telex::conformance {

using harness::Json;
using harness::report_event;
using harness::report_ok;

// Writes the result of a command.
void report_error(std::uint64_t command, const Error& error);
void report(std::uint64_t command, const Expected<void>& result);
void report(std::uint64_t command, const Expected<Message>& result);

// Writes an event.
void report_client(std::string_view kind, const std::string& client);
void report_client(std::string_view kind, const std::string& client, const Error& error);
void report_message(const std::string& subscription, const Message& message);

}  // namespace telex::conformance
