// The json session under any sequence of frames and events: see support/session_script.hpp.
#include "support/session_script.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    telex::testing::SessionScript("json", bytes).run();
    return 0;
}
