#pragma once
// Operators' commands on consumers. Each runs on the storage thread; a removal replies once it is
// on the disk.
#include "storage/call.hpp"
#include "storage/consumers.hpp"
#include "storage/engine_parts.hpp"
#include "storage/stream_fault.hpp"

#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

namespace telex::storage {

// Owner: the engine. The storage thread. Errors: STREAM_NOT_FOUND, CONSUMER_NOT_FOUND.
class ConsumerAdmin {
public:
    template <class T>
    using StreamReply = ReplyPtr<StreamResult<T>>;

    // Both must outlive it.
    ConsumerAdmin(const EngineParts& parts, Consumers& consumers)
        : parts_(parts), consumers_(consumers) {}

    void list(
        std::string_view account,
        std::string_view stream,
        const StreamReply<std::vector<v1::ConsumerInfo>>& reply
    );
    void first(std::size_t limit, const StreamReply<Engine::FirstConsumers>& reply);
    void info(const Engine::ConsumerName& name, const StreamReply<v1::ConsumerInfo>& reply);
    void remove(const Engine::ConsumerName& name, const StreamReply<void>& reply);
    void pause(
        const Engine::ConsumerName& name,
        std::chrono::milliseconds time,
        const StreamReply<v1::ConsumerInfo>& reply
    );

private:
    [[nodiscard]] StreamResult<ConsumerRuntime*> find(const Engine::ConsumerName& name);
    v1::ConsumerInfo info_of(const StreamRuntime& stream, const ConsumerRuntime& consumer) const;

    const EngineParts& parts_;
    Consumers& consumers_;
};

}  // namespace telex::storage
