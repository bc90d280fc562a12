// Connection: what of its life is told to those who subscribe to the exchange's events.
#include "exchange/exchange.hpp"
#include "server/connection/connection.hpp"

#include <utility>

namespace telex::server {

namespace {

using Action = v1::SlowConsumerEvent::Action;

}  // namespace

void Connection::report(v1::Event event) {
    shard_.exchange().events().report(shard_, std::move(event));
}

void Connection::let_in() {
    if (std::exchange(let_in_, true) || !shard_.exchange().events().wanted()) {
        return;
    }
    v1::Event event;
    *event.mutable_connect()->mutable_connection() = describe();
    report(std::move(event));
}

void Connection::report_end(const v1::ConnectionInfo& obituary) {
    if (!let_in_ || !shard_.exchange().events().wanted()) {
        return;
    }
    v1::Event event;
    v1::ConnectionInfo& connection = *event.mutable_disconnect()->mutable_connection();
    connection = obituary;
    connection.clear_close_detail();  // may repeat what the peer has sent
    report(std::move(event));
}

void Connection::count_refusal(v1::ErrorCode code) {
    Party::count_refusal(code);
    const bool of_identity = code == v1::NOT_AUTHENTICATED || code == v1::AUTHENTICATION_BUSY;
    if (!of_identity || !shard_.exchange().events().wanted()) {
        return;
    }
    v1::Event event;
    *event.mutable_authentication_failure()->mutable_connection() = describe();
    event.mutable_authentication_failure()->set_code(code);
    report(std::move(event));
}

// On the data path of a consumer that is too slow: at first a look at one byte.
void Connection::report_slow(Action action, std::uint64_t subscription) {
    const auto bit = static_cast<std::uint8_t>(1U << static_cast<unsigned>(action));
    if ((told_slow_ & bit) != 0) {
        return;
    }
    told_slow_ |= bit;
    if (!shard_.exchange().events().wanted()) {
        return;
    }
    v1::Event event;
    v1::SlowConsumerEvent& slow = *event.mutable_slow_consumer();
    *slow.mutable_connection() = describe();
    slow.set_subscription(subscription);
    slow.set_action(action);
    slow.set_limit_bytes(pending_limit_);
    report(std::move(event));
}

}  // namespace telex::server
