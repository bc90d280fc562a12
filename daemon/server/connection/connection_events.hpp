#pragma once
// Reports the life of a connection to the subscribers of the exchange's events.
//
// Owner and thread: the connection's.
#include "exchange/shard.hpp"
#include "telex/v1/admin.pb.h"
#include "telex/v1/event.pb.h"

#include <cstdint>

namespace telex::server {

// Implemented by the connection.
class DescribedConnection {
public:
    virtual v1::ConnectionInfo describe() const = 0;

protected:
    ~DescribedConnection() = default;
};

class ConnectionEvents {
public:
    using SlowAction = v1::SlowConsumerEvent::Action;

    ConnectionEvents(exchange::Shard& shard, const DescribedConnection& connection)
        : shard_(shard), connection_(connection) {}

    // The peer is authenticated. Reported once.
    void connected();
    // Only if connected() was reported.
    void disconnected(const v1::ConnectionInfo& closed);
    void authentication_failed(v1::ErrorCode code);
    // Reported once for each action until caught_up(): on the data path of a slow consumer this
    // tests one bit. `subscription` 0: not for one subscription.
    void slow_consumer(SlowAction action, std::uint64_t subscription, std::size_t limit_bytes);

    void caught_up() { reported_slow_ = 0; }

private:
    bool wanted() const;
    void report(v1::Event event);

    exchange::Shard& shard_;
    const DescribedConnection& connection_;
    bool connected_ = false;
    std::uint8_t reported_slow_ = 0;  // bits of SlowAction
};

}  // namespace telex::server
