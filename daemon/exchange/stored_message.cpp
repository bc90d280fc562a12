#include "exchange/stored_message.hpp"

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

}  // namespace

wire::MessageView rebase(const wire::MessageView& message, ByteView moved_body) {
    wire::MessageView result = message;
    result.body = moved_body;
    result.subject = moved(message.subject, message.body, moved_body);
    result.reply = moved(message.reply, message.body, moved_body);
    result.payload = moved(message.payload, message.body, moved_body);
    return result;
}

StoredMessage StoredMessage::keep(
    const wire::MessageView& message, const ChunkRef* owner, std::string_view reply_to
) {
    StoredMessage stored;
    stored.reply_to = reply_to;
    if (owner != nullptr && *owner && message.body.size() >= kCopyBelow) {
        stored.body = {*owner, message.body};
        stored.message = message;
    } else {
        stored.body = SharedBytes::copy_of(message.body);
        stored.message = rebase(message, stored.body.bytes);
    }
    return stored;
}

}  // namespace telex::exchange
