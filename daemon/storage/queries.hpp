#pragma once
// Reads of stored messages: `$SYS.stream.get` and `$SYS.stream.info`, and the same for operators.
//
// The storage thread finds the stream and what the request means. If the answer is not committed
// yet, the request waits for the commit. The reader then reads the disk.
#include "exchange/stream_storage.hpp"
#include "storage/engine_parts.hpp"
#include "telex/v1/stream.pb.h"

#include <functional>
#include <string>
#include <string_view>

namespace telex::storage {

// Owner: the engine.
class Queries {
public:
    // Whether the requester may read messages of this subject.
    using MayRead = std::function<bool(std::string_view subject)>;
    // Takes an encoded v1::StreamMessages. Runs on any thread of the engine.
    using Answer = std::function<void(std::string)>;

    // `parts` must outlive it.
    explicit Queries(const EngineParts& parts) : parts_(parts) {}

    // Storage thread.
    void query(
        const exchange::StreamStorage::Query& query,
        const std::function<void(exchange::StreamStorage::QueryReply)>& reply
    );
    // Storage thread. `stream` may be null: the reply is an error then.
    void get(
        const StreamRuntime* stream,
        const v1::GetStreamMessage& request,
        MayRead may_read,
        Answer answer
    );

private:
    const EngineParts& parts_;
};

}  // namespace telex::storage
