#include "exchange/stored_message.hpp"

#include "base/allocated.hpp"

#include <algorithm>

namespace telex::exchange {

namespace {

// A view into `from`, at the same place of `to`. Views that lie elsewhere (an empty default) stay
// empty.
ByteView moved(ByteView view, ByteView from, ByteView to) {
    if (view.empty()) {
        return {};
    }
    return to.substr(static_cast<std::size_t>(view.data() - from.data()), view.size());
}

// A message may wait for long: it must not keep a chunk alive that is much larger than its body.
bool may_refer(ByteView body, const ChunkRef& owner) {
    return body.size() >= kCopyBelow && body.size() >= owner->capacity() / 2;
}

}  // namespace

wire::MessageView rebase(const wire::MessageView& message, ByteView moved_body) {
    wire::MessageView result = message;
    result.body = moved_body;
    result.subject = moved(message.subject, message.body, moved_body);
    result.reply = moved(message.reply, message.body, moved_body);
    result.payload = moved(message.payload, message.body, moved_body);
    result.header_block = moved(message.header_block, message.body, moved_body);
    return result;
}

StoredMessage StoredMessage::keep(
    const wire::MessageView& message, const ChunkRef* owner, std::string_view reply_to
) {
    StoredMessage stored;
    stored.reply_to = reply_to;
    if (owner != nullptr && *owner && may_refer(message.body, *owner)) {
        stored.body = {*owner, message.body};
        stored.message = message;
    } else {
        stored.body = SharedBytes::copy_of(message.body);
        stored.message = rebase(message, stored.body.bytes);
    }
    return stored;
}

std::size_t StoredMessage::memory() const {
    const std::size_t chunk = body.owner ? allocated(sizeof(Chunk) + body.owner->capacity()) : 0;
    return chunk + memory_of(reply_to);
}

}  // namespace telex::exchange
