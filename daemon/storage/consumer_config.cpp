#include "storage/consumer_config.hpp"

#include "wire/subject.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

namespace telex::storage {

namespace {

using streams::AckPolicy;
using streams::ConsumerOptions;
using streams::StartPolicy;

constexpr auto kDefaultInactivity = std::chrono::seconds(5);
constexpr int kMaxBackOff = 20;
// Larger times are refused by streams::check(), so they need not be exact.
constexpr std::uint64_t kMaxWait = 9'000'000'000;
// A name that passes the checks, for a consumer without one.
constexpr std::string_view kPlaceholder = "unnamed";

streams::Duration wait_of(std::uint64_t milliseconds) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(milliseconds, kMaxWait)));
}

std::uint64_t wait_of(streams::Duration duration) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()
    );
}

std::optional<AckPolicy> ack_of(v1::ConsumerConfig::Ack ack) {
    switch (ack) {
        case v1::ConsumerConfig::EACH:
            return AckPolicy::each;
        case v1::ConsumerConfig::ALL:
            return AckPolicy::all;
        case v1::ConsumerConfig::NONE:
            return AckPolicy::none;
        default:
            return std::nullopt;
    }
}

v1::ConsumerConfig::Ack ack_of(AckPolicy ack) {
    switch (ack) {
        case AckPolicy::each:
            break;
        case AckPolicy::all:
            return v1::ConsumerConfig::ALL;
        case AckPolicy::none:
            return v1::ConsumerConfig::NONE;
    }
    return v1::ConsumerConfig::EACH;
}

std::optional<StartPolicy> start_of(v1::ConsumerConfig::Start start) {
    switch (start) {
        case v1::ConsumerConfig::FIRST:
            return StartPolicy::all;
        case v1::ConsumerConfig::NEW:
            return StartPolicy::new_records;
        case v1::ConsumerConfig::LAST:
            return StartPolicy::last;
        case v1::ConsumerConfig::LAST_PER_SUBJECT:
            return StartPolicy::last_per_subject;
        case v1::ConsumerConfig::SEQUENCE:
            return StartPolicy::sequence;
        case v1::ConsumerConfig::TIME:
            return StartPolicy::time;
        default:
            return std::nullopt;
    }
}

v1::ConsumerConfig::Start start_of(StartPolicy start) {
    switch (start) {
        case StartPolicy::all:
            break;
        case StartPolicy::new_records:
            return v1::ConsumerConfig::NEW;
        case StartPolicy::last:
            return v1::ConsumerConfig::LAST;
        case StartPolicy::last_per_subject:
            return v1::ConsumerConfig::LAST_PER_SUBJECT;
        case StartPolicy::sequence:
            return v1::ConsumerConfig::SEQUENCE;
        case StartPolicy::time:
            return v1::ConsumerConfig::TIME;
    }
    return v1::ConsumerConfig::FIRST;
}

void read_start(const v1::ConsumerConfig& config, ConsumerOptions& options) {
    options.start_sequence = config.start_sequence();
    if (options.start == StartPolicy::time || config.start_unix_nanoseconds() != 0) {
        options.start_time = streams::Time(streams::Duration(config.start_unix_nanoseconds()));
    }
}

void read_delivery(const v1::ConsumerConfig& config, ConsumerOptions& options) {
    if (config.max_in_flight() != 0) {
        options.max_in_flight = config.max_in_flight();
    }
    if (config.ack_wait_ms() != 0) {
        options.ack_wait = wait_of(config.ack_wait_ms());
    }
    for (const std::uint64_t wait : config.back_off_ms()) {
        options.back_off.push_back(wait_of(wait));
    }
    if (config.max_deliveries() != 0) {
        options.max_deliveries = config.max_deliveries();
    }
    options.dead_letter_subject = config.dead_letter_subject();
    if (config.inactivity_ms() != 0) {
        options.inactivity = wait_of(config.inactivity_ms());
    } else if (!options.durable) {
        options.inactivity = kDefaultInactivity;
    }
    options.key_affinity = config.key_affinity();
    if (config.max_in_flight_per_key() != 0) {
        options.max_in_flight_per_key = config.max_in_flight_per_key();
    }
}

}  // namespace

ConsumerResult<ConsumerOptions> read_consumer_config(
    const v1::ConsumerConfig& config, std::string_view name
) {
    const auto ack = ack_of(config.ack());
    const auto start = start_of(config.start());
    if (!ack || !start) {
        return consumer_fault(
            v1::BAD_CONSUMER,
            fmt::format("consumer '{}': {} is unknown", name, ack ? "start" : "ack")
        );
    }
    ConsumerOptions options;
    options.name = name;
    options.durable = !name.empty();
    options.filters.assign(config.filters().begin(), config.filters().end());
    options.ack = *ack;
    options.start = *start;
    read_start(config, options);
    read_delivery(config, options);
    return options;
}

ConsumerResult<ConsumerOptions> check_consumer_config(
    const v1::ConsumerConfig& config, std::string_view name, const streams::StreamOptions& stream
) {
    auto options = read_consumer_config(config, name);
    if (!options) {
        return options;
    }
    std::string text;
    const auto add = [&](std::string_view setting, std::string_view problem) {
        text += fmt::format("{}{} {}", text.empty() ? "" : "; ", setting, problem);
    };
    if (name.empty()) {
        options->name = kPlaceholder;
    }
    for (const streams::OptionProblem& problem : streams::check(*options, stream)) {
        add(problem.setting, problem.text);
    }
    options->name = name;
    if (config.back_off_ms_size() > kMaxBackOff) {
        add("back_off", "must be at most 20 times");
    }
    if (wire::is_reserved(options->dead_letter_subject)) {
        add("dead_letter_subject", "is a subject of the exchange");
    }
    if (!text.empty()) {
        return consumer_fault(v1::BAD_CONSUMER, fmt::format("consumer '{}': {}", name, text));
    }
    return options;
}

v1::ConsumerConfig config_of(const ConsumerOptions& options) {
    v1::ConsumerConfig config;
    for (const std::string& filter : options.filters) {
        config.add_filters(filter);
    }
    config.set_ack(ack_of(options.ack));
    config.set_start(start_of(options.start));
    config.set_start_sequence(options.start_sequence);
    if (options.start_time) {
        config.set_start_unix_nanoseconds(options.start_time->time_since_epoch().count());
    }
    config.set_max_in_flight(options.max_in_flight);
    config.set_ack_wait_ms(wait_of(options.ack_wait));
    for (const streams::Duration wait : options.back_off) {
        config.add_back_off_ms(wait_of(wait));
    }
    config.set_max_deliveries(options.max_deliveries.value_or(0));
    config.set_dead_letter_subject(options.dead_letter_subject);
    config.set_inactivity_ms(wait_of(options.inactivity.value_or(streams::Duration{})));
    config.set_key_affinity(options.key_affinity);
    config.set_max_in_flight_per_key(options.max_in_flight_per_key);
    return config;
}

}  // namespace telex::storage
