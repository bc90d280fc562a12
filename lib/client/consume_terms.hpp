#pragma once
// A membership in a consumer as it is asked for on each connection, and the place of a message that
// it brought.
#include "wire/frame_view.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace telex::client {

class SubscriptionState;

struct ConsumeTerms {
    std::string stream;
    std::string consumer;  // empty: of the connection alone
    std::string config;    // an encoded telex.v1.ConsumerConfig
    bool creates = false;
};

using ConsumeTermsPtr = std::shared_ptr<const ConsumeTerms>;

// Constant once made.
struct RecordPlace {
    std::weak_ptr<SubscriptionState> subscription;
    std::uint64_t membership = 0;  // SubscriptionState::membership when the message arrived
    wire::Position position;
};

}  // namespace telex::client
