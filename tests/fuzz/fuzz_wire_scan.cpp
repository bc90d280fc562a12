// The scan of frames, compared with the generated parser: both accept and reject the same, with the
// same fields.
#include "support/scan_oracle.hpp"
#include "wire/quiet_protobuf.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    telex::wire::quiet_protobuf();
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::string disagreement = telex::testing::scan_disagreement(bytes);
    if (!disagreement.empty()) {
        std::fprintf(stderr, "scan and parser disagree: %s\n", disagreement.c_str());
        std::abort();
    }
    return 0;
}
