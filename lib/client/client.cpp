#include "client/core.hpp"
#include <telex/client.hpp>

#include <future>
#include <utility>

namespace telex {
namespace {

using client::Core;
using client::OutMessage;

template <class Options>
OutMessage out_message(std::string_view subject, PayloadView payload, const Options& options) {
    OutMessage message;
    message.subject = subject;
    message.payload = payload.octets();
    message.headers = options.headers;
    message.id = options.id;
    message.content_type = options.content_type;
    message.type = options.type;
    return message;
}

// Running callbacks may use the client until it is closed.
void release(std::shared_ptr<Core>& core) {
    if (core && core->is_inherited()) {
        client::leave_as_it_is(std::move(core));
    } else if (core) {
        core->close();
    }
}

}  // namespace

Expected<Client> Client::connect_in_background(ClientOptions options) {
    auto core = Core::start(std::move(options));
    if (!core) {
        return tl::unexpected(std::move(core.error()));
    }
    return Client(*std::move(core));
}

Expected<Client> Client::connect(ClientOptions options) {
    auto client = connect_in_background(std::move(options));
    if (!client) {
        return client;
    }
    if (auto connected = client->core_->wait_connected(); !connected) {
        return tl::unexpected(std::move(connected.error()));
    }
    return client;
}

Client::Client(std::shared_ptr<client::Core> core) : core_(std::move(core)) {}

Client::Client(Client&& other) noexcept = default;

Client& Client::operator=(Client&& other) noexcept {
    if (this != &other) {
        release(core_);
        core_ = std::move(other.core_);
    }
    return *this;
}

Client::~Client() {
    release(core_);
}

Expected<void> Client::publish(std::string_view subject, PayloadView payload) {
    OutMessage message;
    message.subject = subject;
    message.payload = payload.octets();
    return core_->publish(message);
}

Expected<void> Client::publish(
    std::string_view subject, PayloadView payload, const PublishOptions& options
) {
    OutMessage message = out_message(subject, payload, options);
    message.reply = options.reply_to;
    return core_->publish(message);
}

Expected<Subscription> Client::subscribe(
    std::string_view filter, MessageHandler handler, const SubscribeOptions& options
) {
    if (!handler) {
        return tl::unexpected(Error{Errc::invalid_argument, "the message handler is empty"});
    }
    return core_->subscribe(filter, std::move(handler), options);
}

Expected<Subscription> Client::subscribe(std::string_view filter, const SubscribeOptions& options) {
    return core_->subscribe(filter, nullptr, options);
}

Expected<Message> Client::request(
    std::string_view subject, PayloadView payload, const RequestOptions& options
) {
    // Not through the callback thread: a request may be made in a callback.
    const auto promise = std::make_shared<std::promise<Expected<Message>>>();
    auto reply = promise->get_future();
    const auto sent = core_->request(
        out_message(subject, payload, options),
        options.timeout.value_or(core_->options().request_timeout),
        [promise](Expected<Message> result) { promise->set_value(std::move(result)); }
    );
    if (!sent) {
        return tl::unexpected(sent.error());
    }
    return reply.get();
}

Expected<void> Client::request_async(
    std::string_view subject,
    PayloadView payload,
    ReplyHandler handler,
    const RequestOptions& options
) {
    if (!handler) {
        return tl::unexpected(Error{Errc::invalid_argument, "the reply handler is empty"});
    }
    // The core outlives its completions: all of them run before its I/O thread ends.
    return core_->request(
        out_message(subject, payload, options),
        options.timeout.value_or(core_->options().request_timeout),
        [core = core_.get(), handler = std::move(handler)](Expected<Message> reply) {
            core->post_callback([handler, reply = std::move(reply)]() mutable {
                handler(std::move(reply));
            });
        }
    );
}

Expected<void> Client::respond(
    const Message& request, PayloadView payload, const PublishOptions& options
) {
    if (!request.wants_reply()) {
        return tl::unexpected(Error{Errc::invalid_argument, "the message has no reply subject"});
    }
    return publish(request.reply_to, payload, options);
}

Expected<void> Client::flush(std::chrono::milliseconds timeout) {
    return core_->flush(client::deadline_after(timeout));
}

Expected<void> Client::drain(std::chrono::milliseconds timeout) {
    return core_->drain(timeout);
}

void Client::close() {
    core_->close();
}

Status Client::status() const {
    return core_->status();
}

std::optional<ServerInfo> Client::server_info() const {
    return core_->server_info();
}

Statistics Client::statistics() const {
    return core_->statistics();
}

}  // namespace telex
