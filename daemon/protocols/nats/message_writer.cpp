#include "protocols/nats/message_writer.hpp"

#include "wire/writer.hpp"

namespace telex::session::nats {

namespace {

// The views of a message that was just encoded without headers.
wire::MessageView views_of(const std::string& body, const PublishArguments& arguments) {
    const ByteView whole = body;
    wire::MessageView message;
    message.body = whole;
    if (arguments.reply.empty()) {
        message.payload = whole.substr(whole.size() - arguments.payload.size());
        const std::size_t head =
            arguments.payload.empty() ? 0 : 1 + wire::varint_size(arguments.payload.size());
        message.subject = whole.substr(
            whole.size() - arguments.payload.size() - head - arguments.subject.size(),
            arguments.subject.size()
        );
        return message;
    }
    return wire::scan_message(body).value_or(wire::MessageView{});
}

}  // namespace

wire::MessageView write_message(
    std::string& body, const PublishArguments& arguments, const BlockLimits& limits
) {
    body.clear();
    wire::MessageParts parts{
        .subject = arguments.subject, .payload = arguments.payload, .reply = arguments.reply
    };
    if (arguments.header_block.empty()) {
        wire::append_message(body, parts);
        return views_of(body, arguments);
    }
    const ParsedBlock block = parse_block(arguments.header_block, limits);
    parts.headers = block.headers;
    if (!block.is_canonical) {
        parts.header_block = arguments.header_block;
    }
    wire::append_message(body, parts);
    return wire::scan_message(body).value_or(wire::MessageView{});
}

}  // namespace telex::session::nats
