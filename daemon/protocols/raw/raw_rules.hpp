#pragma once
// Which settings of a raw listener make sense together. The configuration calls this when it is
// loaded, so that a raw session never meets a wrong template.
//
//   publish              frames go to a subject
//   subscribe            messages become frames
//   publish + subscribe  both: a chat room, a bridge
//   request              each frame is a request, answers come back in order; alone, because its
//                        peer could not tell an answer from a message, nor a request from a publish
#include "session/options.hpp"

#include <optional>
#include <string>

namespace telex::session {

// What is wrong, in one line for the operator; nothing when all is right.
[[nodiscard]] std::optional<std::string> validate_raw(
    const RawOptions& raw, const wire::SubjectLimits& limits = {}
);

}  // namespace telex::session
