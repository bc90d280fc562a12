#pragma once
// Reports the life of a connection to the subscribers of the exchange's events.
//
// Owner and thread: the connection's.
#include "exchange/shard.hpp"
#include "telex/v1/admin.pb.h"
#include "telex/v1/event.pb.h"

#include <cstdint>

namespace telex::server {

class SendingClient;

class ConnectionEvents {
public:
    using SlowAction = v1::SlowConsumerEvent::Action;

    // The connection that reports, and its shard.
    struct Source {
        exchange::Shard& shard;
        const SendingClient& connection;
    };

    // The peer is authenticated. Reported once.
    void connected(const Source& source);
    // Only if connected() was reported.
    void disconnected(const Source& source, const v1::ConnectionInfo& closed);
    static void authentication_failed(const Source& source, v1::ErrorCode code);
    // Reported once for each action until caught_up(): on the data path of a slow consumer this
    // tests one bit. `subscription` 0: not for one subscription.
    void slow_consumer(
        const Source& source, SlowAction action, std::uint64_t subscription, std::size_t limit_bytes
    );

    void caught_up() { reported_slow_ = 0; }

private:
    bool connected_ = false;
    std::uint8_t reported_slow_ = 0;  // bits of SlowAction
};

}  // namespace telex::server
