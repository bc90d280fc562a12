// The session of the protocol TELEX_FUZZ_PROTOCOL under any sequence of frames and events: see
// support/session_script.hpp.
#include "support/session_script.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    telex::testing::SessionScript(*telex::session::find_protocol(TELEX_FUZZ_PROTOCOL), bytes).run();
    return 0;
}
