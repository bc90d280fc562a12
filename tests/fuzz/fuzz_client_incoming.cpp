// Any bytes from a server: the client library stays within the buffer, and the short way of a usual
// delivery finds what decode() finds.
#include "client/incoming.hpp"
#include "client/plain_delivery.hpp"

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

void must_be_found_by_decode(std::string_view bytes) {
    telex::client::PlainDelivery plain;
    if (!telex::client::read_plain_delivery(bytes, plain)) {
        return;
    }
    const auto incoming = telex::client::decode(bytes);
    if (!incoming || incoming->kind != telex::client::IncomingKind::delivery ||
        incoming->subscription != plain.subscription ||
        incoming->body.data() != plain.body.data() || incoming->body.size() != plain.body.size() ||
        !incoming->reply_to.empty()) {
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
    must_be_found_by_decode(bytes);
    // Also without a valid frame.
    (void)client::to_message(bytes, {});
    (void)client::decode_welcome(bytes);
    return 0;
}
