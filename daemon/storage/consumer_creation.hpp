#pragma once
// Finds or creates the consumer that a member asks for, and checks the member's rights.
#include "exchange/stream_consumers.hpp"
#include "storage/consumer_config.hpp"
#include "storage/consumer_set.hpp"
#include "storage/engine_parts.hpp"

namespace telex::storage {

// Owner: Consumers. The storage thread.
class ConsumerCreation {
public:
    using Attach = exchange::StreamConsumers::Attach;

    // Both must outlive it.
    ConsumerCreation(const EngineParts& parts, ConsumerSet& set) : parts_(parts), set_(set) {}

    // Errors: NO_CONSUMER, BAD_CONSUMER, PERMISSION_DENIED.
    [[nodiscard]] ConsumerResult<ConsumerRuntime*> obtain(
        const Attach& attach, const StreamRuntime& stream, TimePoint now
    );

private:
    [[nodiscard]] ConsumerResult<ConsumerRuntime*> create(
        const Attach& attach,
        const StreamRuntime& stream,
        const streams::ConsumerOptions& options,
        TimePoint now
    );
    [[nodiscard]] ConsumerResult<streams::StartPoint> start_point(
        const streams::ConsumerOptions& options, const StreamRuntime& stream
    ) const;

    const EngineParts& parts_;
    ConsumerSet& set_;
};

}  // namespace telex::storage
