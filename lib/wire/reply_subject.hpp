#pragma once
// Reply subjects of requests, as clients see them.
#include <string_view>

namespace telex::wire {

// The exchange begins them with it (`_REPLY.…`); no client may subscribe there.
inline constexpr std::string_view kReplyPrefix = "_REPLY.";

}  // namespace telex::wire
