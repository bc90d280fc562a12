#include "cli/subscriber/message_sink.hpp"

#include "base/printable.hpp"
#include "wire/subject.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace telex::cli {

MessageSink::MessageSink(SinkOptions options, MessageFormat format, Output& output)
    : options_(std::move(options)), format_(std::move(format)), output_(output) {}

bool MessageSink::take(const Message& message) {
    const std::scoped_lock lock(mutex_);
    if (!is_wanted()) {
        return false;
    }
    const bool excluded = std::ranges::any_of(options_.excluded, [&](const std::string& filter) {
        return wire::matches(filter, message.subject);
    });
    if (excluded) {
        return true;
    }
    const auto text = text_of(message, arrival());
    return text && output_.write(*text) && is_wanted();
}

bool MessageSink::flush() {
    const std::scoped_lock lock(mutex_);
    return output_.flush();
}

std::uint64_t MessageSink::messages() const {
    const std::scoped_lock lock(mutex_);
    return messages_;
}

std::optional<std::string> MessageSink::error() const {
    const std::scoped_lock lock(mutex_);
    return error_;
}

bool MessageSink::is_wanted() const {
    return !error_ && !output_.ended() && (!options_.count || messages_ < *options_.count);
}

Arrival MessageSink::arrival() {
    const TimePoint now = Clock::now();
    const auto unix_time = std::chrono::system_clock::now().time_since_epoch();
    return {
        .number = ++messages_,
        .unix_nanoseconds = std::chrono::nanoseconds(unix_time).count(),
        .gap = now - std::exchange(last_, now).value_or(now),
    };
}

std::optional<std::string> MessageSink::text_of(const Message& message, const Arrival& arrival) {
    if (!options_.dump) {
        return format_(message, arrival);
    }
    auto path = options_.dump->write(message);
    if (!path) {
        error_ = std::move(path.error());
        return std::nullopt;
    }
    return printable(*path) + "\n";
}

}  // namespace telex::cli
