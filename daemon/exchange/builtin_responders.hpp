#pragma once
// The exchange's own responders: requests to $SYS.echo, $SYS.time, $SYS.info and $SYS.stats. Passes
// those to $SYS.admin.* and $SYS.stream.* to their responders outside the exchange.
#include "wire/frame_view.hpp"

#include <cstdint>
#include <string_view>

namespace telex::exchange {

class ClientRecord;
class Shard;

// Returns true if only the exchange responds to this subject, known or not.
bool is_builtin_subject(std::string_view subject);

// Replies at once or, if all shards must be queried, later. An unknown subject fails with
// NO_RESPONDERS.
void reply_to_builtin(
    Shard& shard,
    ClientRecord& requester,
    const wire::MessageView& request,
    std::uint64_t request_id
);

}  // namespace telex::exchange
