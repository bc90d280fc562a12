#include "client/consumer_config.hpp"

#include "wire/field_writer.hpp"

#include <chrono>
#include <cstdint>

namespace telex::client {
namespace {

// Field numbers of telex/v1/consumer.proto.
namespace config_field {
constexpr std::uint32_t kFilters = 1;
constexpr std::uint32_t kAck = 2;
constexpr std::uint32_t kStart = 3;
constexpr std::uint32_t kStartSequence = 4;
constexpr std::uint32_t kStartUnixNanoseconds = 5;
constexpr std::uint32_t kMaxInFlight = 6;
constexpr std::uint32_t kAckWaitMs = 7;
constexpr std::uint32_t kBackOffMs = 8;
constexpr std::uint32_t kMaxDeliveries = 9;
constexpr std::uint32_t kDeadLetterSubject = 10;
constexpr std::uint32_t kInactivityMs = 11;
constexpr std::uint32_t kKeyAffinity = 12;
constexpr std::uint32_t kMaxInFlightPerKey = 13;
}  // namespace config_field

std::uint64_t number_of(std::chrono::milliseconds time) {
    return time.count() < 0 ? 0 : static_cast<std::uint64_t>(time.count());
}

}  // namespace

std::string encode(const ConsumerSettings& settings) {
    using std::chrono::nanoseconds;
    using wire::append_number;
    using wire::append_text;
    std::string config;
    for (const std::string& filter : settings.filters) {
        wire::append_bytes(config, config_field::kFilters, filter);
    }
    append_number(config, config_field::kAck, static_cast<std::uint64_t>(settings.ack));
    append_number(config, config_field::kStart, static_cast<std::uint64_t>(settings.start));
    append_number(config, config_field::kStartSequence, settings.start_sequence);
    const auto start =
        std::chrono::duration_cast<nanoseconds>(settings.start_time.time_since_epoch());
    append_number(
        config, config_field::kStartUnixNanoseconds, static_cast<std::uint64_t>(start.count())
    );
    append_number(config, config_field::kMaxInFlight, settings.max_in_flight);
    append_number(config, config_field::kAckWaitMs, number_of(settings.ack_wait));
    std::string back_off;
    for (const std::chrono::milliseconds wait : settings.back_off) {
        wire::append_varint(back_off, number_of(wait));
    }
    append_text(config, config_field::kBackOffMs, back_off);  // packed
    append_number(config, config_field::kMaxDeliveries, settings.max_deliveries);
    append_text(config, config_field::kDeadLetterSubject, settings.dead_letter_subject);
    append_number(config, config_field::kInactivityMs, number_of(settings.inactivity));
    append_number(config, config_field::kKeyAffinity, settings.key_affinity ? 1 : 0);
    append_number(config, config_field::kMaxInFlightPerKey, settings.max_in_flight_per_key);
    return config;
}

}  // namespace telex::client
