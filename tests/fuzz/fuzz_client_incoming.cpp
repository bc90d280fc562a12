// Any bytes from a server: the client library stays within the buffer.
#include "client/incoming.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void must_lie_within(std::string_view part, std::string_view whole) {
    const bool within = part.empty() || (part.data() >= whole.data() &&
                                         part.data() + part.size() <= whole.data() + whole.size());
    if (!within) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace telex;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto incoming = client::decode(bytes)) {
        for (const std::string_view part :
             {incoming->reply_to, incoming->body, incoming->text, incoming->control}) {
            must_lie_within(part, bytes);
        }
        (void)client::to_message(incoming->body, incoming->reply_to);
        (void)client::decode_welcome(incoming->control);
    }
    // Also without a valid frame.
    (void)client::to_message(bytes, {});
    (void)client::decode_welcome(bytes);
    return 0;
}
