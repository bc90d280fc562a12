#pragma once
// Results and events of a harness on standard output, one JSON object a line (docs/testing.md).
// Thread: any.
#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace telex::harness {

using Json = nlohmann::json;

// Writes the result of a command.
void report_ok(std::uint64_t command, Json fields = Json::object());
void report_error(std::uint64_t command, std::string_view code, std::string_view text);
void report_event(const Json& event);

// Sets `payload` of a message, if it is short, and its `size`.
void set_payload(Json& message, std::string_view payload);

// Octets as text with one character for each, and back.
std::string latin1_to_utf8(std::string_view octets);
std::string utf8_to_latin1(std::string_view text);

// Payload of a message of a run: its number, with leading zeros up to `size`.
std::string numbered_payload(std::uint64_t number, std::size_t size);
// The payload that the arguments of a command name: `payload`, or `size` characters.
std::string payload_of(const Json& arguments);

// Takes the messages of a run, and reports the event `counted` when the last one has come.
// Thread: one.
class Counter {
public:
    Counter(std::string subscription, std::uint64_t count)
        : subscription_(std::move(subscription)), end_(count) {}

    void take(std::string_view payload);

private:
    std::string subscription_;
    std::uint64_t end_;
    std::uint64_t next_ = 0;
    std::uint64_t received_ = 0;
    bool in_order_ = true;
};

}  // namespace telex::harness
