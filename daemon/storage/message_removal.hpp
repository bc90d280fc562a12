#pragma once
// Removal of stored messages by an operator: a purge, or a single message.
//
// The subjects of messages are on the disk. So the reader searches them first, beside the storage
// thread, which then removes them.
#include "storage/call.hpp"
#include "storage/engine_parts.hpp"
#include "storage/stream_fault.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace telex::storage {

// Owner: the engine. The storage thread. Replies once the removal is on the disk.
class MessageRemoval {
public:
    using VoidReply = ReplyPtr<StreamResult<void>>;
    using CountReply = ReplyPtr<StreamResult<std::uint64_t>>;

    // `parts` must outlive it.
    explicit MessageRemoval(const EngineParts& parts) : parts_(parts) {}

    void purge(
        std::string_view account,
        std::string_view name,
        const Engine::Purge& order,
        const CountReply& reply
    );
    void erase(
        std::string_view account,
        std::string_view name,
        std::uint64_t sequence,
        const VoidReply& reply
    );

private:
    void purge_by_scan(
        const StreamRuntime& stream, const Engine::Purge& order, const CountReply& reply
    );
    void erase_found(
        exchange::StreamNumber number,
        std::uint64_t sequence,
        const std::string& subject,
        const VoidReply& reply
    );

    const EngineParts& parts_;
};

}  // namespace telex::storage
