// A NATS client and the events around it, cut anywhere: see support/nats_script.hpp.
#include "support/nats_script.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 16'384) {
        return 0;
    }
    telex::testing::NatsScript::run_all({reinterpret_cast<const char*>(data), size});
    return 0;
}
