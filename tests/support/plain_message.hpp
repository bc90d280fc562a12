#pragma once
// A message for a run, of its encoding.
#include "wire/frame_view.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace telex::testing {

// `body`: an encoded Message of the two. A view of it.
inline wire::PlainMessage plain_message(
    std::string_view body, std::string_view subject, std::string_view payload
) {
    const auto at = [&](std::string_view part) {
        return static_cast<std::uint32_t>(body.rfind(part));
    };
    return {body, static_cast<std::uint32_t>(body.find(subject)), at(payload)};
}

}  // namespace telex::testing
