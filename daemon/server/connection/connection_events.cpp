#include "server/connection/connection_events.hpp"

#include "exchange/exchange.hpp"

#include <utility>

namespace telex::server {

bool ConnectionEvents::wanted() const {
    return shard_.exchange().events().wanted();
}

void ConnectionEvents::report(v1::Event event) {
    shard_.exchange().events().report(shard_, std::move(event));
}

void ConnectionEvents::connected() {
    if (std::exchange(connected_, true) || !wanted()) {
        return;
    }
    v1::Event event;
    *event.mutable_connect()->mutable_connection() = connection_.describe();
    report(std::move(event));
}

void ConnectionEvents::disconnected(const v1::ConnectionInfo& closed) {
    if (!connected_ || !wanted()) {
        return;
    }
    v1::Event event;
    v1::ConnectionInfo& connection = *event.mutable_disconnect()->mutable_connection();
    connection = closed;
    connection.clear_close_detail();  // may repeat what the peer has sent
    report(std::move(event));
}

void ConnectionEvents::authentication_failed(v1::ErrorCode code) {
    if (!wanted()) {
        return;
    }
    v1::Event event;
    *event.mutable_authentication_failure()->mutable_connection() = connection_.describe();
    event.mutable_authentication_failure()->set_code(code);
    report(std::move(event));
}

void ConnectionEvents::slow_consumer(
    SlowAction action, std::uint64_t subscription, std::size_t limit_bytes
) {
    const auto bit = static_cast<std::uint8_t>(1U << static_cast<unsigned>(action));
    if ((reported_slow_ & bit) != 0) {
        return;
    }
    reported_slow_ |= bit;
    if (!wanted()) {
        return;
    }
    v1::Event event;
    v1::SlowConsumerEvent& slow = *event.mutable_slow_consumer();
    *slow.mutable_connection() = connection_.describe();
    slow.set_subscription(subscription);
    slow.set_action(action);
    slow.set_limit_bytes(limit_bytes);
    report(std::move(event));
}

}  // namespace telex::server
