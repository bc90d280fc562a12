#include "server/connection/connection_events.hpp"

#include "exchange/exchange.hpp"
#include "server/connection/sending_client.hpp"

#include <utility>

namespace telex::server {

namespace {

bool wanted(const ConnectionEvents::Source& source) {
    return source.shard.exchange().events().wanted();
}

void report(const ConnectionEvents::Source& source, v1::Event event) {
    source.shard.exchange().events().report(source.shard, std::move(event));
}

}  // namespace

void ConnectionEvents::connected(const Source& source) {
    if (std::exchange(connected_, true) || !wanted(source)) {
        return;
    }
    v1::Event event;
    *event.mutable_connect()->mutable_connection() = source.connection.describe();
    report(source, std::move(event));
}

void ConnectionEvents::disconnected(const Source& source, const v1::ConnectionInfo& closed) {
    if (!connected_ || !wanted(source)) {
        return;
    }
    v1::Event event;
    v1::ConnectionInfo& connection = *event.mutable_disconnect()->mutable_connection();
    connection = closed;
    connection.clear_close_detail();  // may repeat what the peer has sent
    report(source, std::move(event));
}

void ConnectionEvents::authentication_failed(const Source& source, v1::ErrorCode code) {
    if (!wanted(source)) {
        return;
    }
    v1::Event event;
    *event.mutable_authentication_failure()->mutable_connection() = source.connection.describe();
    event.mutable_authentication_failure()->set_code(code);
    report(source, std::move(event));
}

void ConnectionEvents::slow_consumer(
    const Source& source, SlowAction action, std::uint64_t subscription, std::size_t limit_bytes
) {
    const auto bit = static_cast<std::uint8_t>(1U << static_cast<unsigned>(action));
    if ((reported_slow_ & bit) != 0) {
        return;
    }
    reported_slow_ |= bit;
    if (!wanted(source)) {
        return;
    }
    v1::Event event;
    v1::SlowConsumerEvent& slow = *event.mutable_slow_consumer();
    *slow.mutable_connection() = source.connection.describe();
    slow.set_subscription(subscription);
    slow.set_action(action);
    slow.set_limit_bytes(limit_bytes);
    report(source, std::move(event));
}

}  // namespace telex::server
