#pragma once
// Creation, changes and removal of streams.
//
// Each function runs on the storage thread and replies later, once its effect is on the disk and
// the shards know it.
#include "storage/call.hpp"
#include "storage/engine_parts.hpp"
#include "storage/stream_fault.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace telex::storage {

StreamFault too_many_streams_fault(std::string_view name, std::size_t limit);

// Owner: the engine. The storage thread.
class StreamAdmin {
public:
    using InfoReply = ReplyPtr<StreamResult<v1::StreamInfo>>;
    using VoidReply = ReplyPtr<StreamResult<void>>;

    // `parts` must outlive it.
    explicit StreamAdmin(const EngineParts& parts) : parts_(parts) {}

    void create(const v1::StreamConfig& config, const InfoReply& reply);
    void change(const v1::StreamConfig& config, bool force, const InfoReply& reply);
    void remove(std::string_view account, std::string_view name, const VoidReply& reply);

    // --- for StreamConfiguration
    // A new stream. It captures nothing before it is committed.
    StreamRuntime& add(const streams::StreamOptions& options, std::string_view account);
    // Errors: STREAM_BAD_CONFIG if the change is impossible, STREAM_LOSES_DATA without `force`.
    [[nodiscard]] StreamResult<void> check_change(
        const StreamRuntime& stream, const streams::StreamOptions& options, bool force
    ) const;

private:
    [[nodiscard]] StreamResult<void> check_new(
        const streams::StreamOptions& options, std::string_view account
    ) const;
    [[nodiscard]] StreamResult<void> check_overlap(
        const streams::StreamOptions& options, std::string_view account
    ) const;
    [[nodiscard]] StreamResult<exchange::StreamNumber> apply_change(
        const streams::StreamOptions& options, std::string_view account, bool force
    );
    void capture(exchange::StreamNumber number, const InfoReply& reply);
    void delete_stream(exchange::StreamNumber number, const VoidReply& reply);

    const EngineParts& parts_;
};

}  // namespace telex::storage
