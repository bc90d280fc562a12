#include "client/completion.hpp"
#include "client/consumer_config.hpp"
#include "client/core.hpp"
#include "client/pending_replies.hpp"
#include <telex/client.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

namespace telex {
namespace {

using client::Core;
using client::OutMessage;
using client::wait_done;

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

// A durable publication, with what its stream reads.
class DurableMessage {
public:
    DurableMessage(std::string_view subject, PayloadView payload, const DurableOptions& options)
        : message_(out_message(subject, payload, options)) {
        message_.reply = options.reply_to;
        terms_.ttl_ms =
            static_cast<std::uint64_t>(options.ttl.value_or(std::chrono::milliseconds(0)).count());
        terms_.expected_last_sequence = options.expected_last_sequence;
        terms_.expected_subject_sequence = options.expected_subject_sequence;
        terms_.roll_up = static_cast<std::uint32_t>(options.roll_up);
        message_.stream_terms = &terms_;
    }

    DurableMessage(const DurableMessage&) = delete;
    DurableMessage& operator=(const DurableMessage&) = delete;

    const OutMessage& parts() const { return message_; }

private:
    wire::StreamTerms terms_;
    OutMessage message_;
};

// The exchange takes a ttl of zero for none.
[[nodiscard]] Expected<void> publish_durably(
    Core& core,
    const DurableMessage& message,
    const DurableOptions& options,
    client::Done<StoredAt> done
) {
    if (options.ttl && *options.ttl <= std::chrono::milliseconds(0)) {
        return tl::unexpected(Error{Errc::invalid_argument, "the ttl must be greater than zero"});
    }
    return core.publish_durable(
        message.parts(), options.timeout.value_or(core.options().request_timeout), std::move(done)
    );
}

std::chrono::milliseconds time_of(const RequestOptions& options, const Core& core) {
    return options.timeout.value_or(core.options().request_timeout);
}

// Returns a function for the I/O thread that calls `handler` on the callback thread. The core
// outlives its completions: all of them run before its I/O thread ends.
template <class T>
client::Done<T> on_callback_thread(Core& core, std::function<void(Expected<T>)> handler) {
    return [&core, handler = std::move(handler)](Expected<T> result) {
        // Shared, because a call must be copyable and a subscription is not.
        const auto shared = std::make_shared<Expected<T>>(std::move(result));
        core.post_callback([handler, shared] { handler(std::move(*shared)); });
    };
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

Expected<StoredAt> Client::publish_durable(
    std::string_view subject, PayloadView payload, const DurableOptions& options
) {
    return wait_done<StoredAt>([&](client::Done<StoredAt> done) {
        return publish_durably(
            *core_, DurableMessage(subject, payload, options), options, std::move(done)
        );
    });
}

Expected<void> Client::publish_durable_async(
    std::string_view subject,
    PayloadView payload,
    StoredHandler handler,
    const DurableOptions& options
) {
    if (!handler) {
        return tl::unexpected(Error{Errc::invalid_argument, "the handler is empty"});
    }
    return publish_durably(
        *core_,
        DurableMessage(subject, payload, options),
        options,
        on_callback_thread(*core_, std::move(handler))
    );
}

Expected<Subscription> Client::subscribe(
    std::string_view filter, MessageHandler handler, const SubscribeOptions& options
) {
    if (!handler) {
        return tl::unexpected(Error{Errc::invalid_argument, "the message handler is empty"});
    }
    return wait_done<Subscription>([&](client::Done<Subscription> done) {
        return core_->subscribe(filter, std::move(handler), options, std::move(done));
    });
}

Expected<Subscription> Client::subscribe(std::string_view filter, const SubscribeOptions& options) {
    return wait_done<Subscription>([&](client::Done<Subscription> done) {
        return core_->subscribe(filter, nullptr, options, std::move(done));
    });
}

Expected<void> Client::subscribe_async(
    std::string_view filter, SubscribeHandler done, const SubscribeOptions& options
) {
    if (!done) {
        return tl::unexpected(Error{Errc::invalid_argument, "the handler is empty"});
    }
    return core_->subscribe(filter, nullptr, options, on_callback_thread(*core_, std::move(done)));
}

Expected<Consumer> Client::consume(
    std::string_view stream,
    std::string_view consumer,
    ConsumedHandler handler,
    const ConsumeOptions& options
) {
    if (!handler) {
        return tl::unexpected(Error{Errc::invalid_argument, "the message handler is empty"});
    }
    return consume_by(
        stream,
        consumer,
        [handler = std::move(handler)](Message message) {
            handler(ConsumedMessage(std::move(message)));
        },
        options
    );
}

Expected<Consumer> Client::consume(
    std::string_view stream, std::string_view consumer, const ConsumeOptions& options
) {
    return consume_by(stream, consumer, nullptr, options);
}

Expected<Consumer> Client::consume_by(
    std::string_view stream,
    std::string_view consumer,
    MessageHandler handler,
    const ConsumeOptions& options
) {
    // The credit alone limits the local queue: what was dropped here would only come again.
    SubscribeOptions subscribe;
    subscribe.credit = options.credit;
    subscribe.max_pending_messages = SIZE_MAX;
    subscribe.max_pending_bytes = SIZE_MAX;
    subscribe.timeout = options.timeout;
    auto subscription = wait_done<Subscription>([&](client::Done<Subscription> done) {
        return core_->consume(
            {.stream = std::string(stream),
             .consumer = std::string(consumer),
             .config = options.create ? client::encode(*options.create) : std::string(),
             .creates = options.create.has_value()},
            std::move(handler),
            subscribe,
            std::move(done)
        );
    });
    if (!subscription) {
        return tl::unexpected(std::move(subscription.error()));
    }
    return Consumer(*std::move(subscription));
}

// Not through the callback thread: a request may be made in a callback.
Expected<Message> Client::request(
    std::string_view subject, PayloadView payload, const RequestOptions& options
) {
    return wait_done<Message>([&](client::Done<Message> done) {
        return core_->request(
            out_message(subject, payload, options), time_of(options, *core_), std::move(done)
        );
    });
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
    return core_->request(
        out_message(subject, payload, options),
        time_of(options, *core_),
        on_callback_thread(*core_, std::move(handler))
    );
}

Expected<void> Client::respond(
    const Message& request, PayloadView payload, const PublishOptions& options
) {
    if (!request.wants_reply()) {
        return tl::unexpected(Error{Errc::invalid_argument, "the message has no reply subject"});
    }
    auto sent = publish(request.reply_to, payload, options);
    if (sent && request.pending_reply) {
        request.pending_reply->settle();
    }
    return sent;
}

Expected<void> Client::flush(std::chrono::milliseconds timeout) {
    return wait_done<void>([&](client::Done<void> done) {
        return core_->flush(client::deadline_after(timeout), std::move(done));
    });
}

Expected<void> Client::flush_async(DoneHandler done, std::chrono::milliseconds timeout) {
    if (!done) {
        return tl::unexpected(Error{Errc::invalid_argument, "the handler is empty"});
    }
    return core_->flush(
        client::deadline_after(timeout), on_callback_thread(*core_, std::move(done))
    );
}

Expected<void> Client::drain(std::chrono::milliseconds timeout) {
    return core_->drain(timeout);
}

Expected<void> Client::drain_async(DoneHandler done, std::chrono::milliseconds timeout) {
    if (!done) {
        return tl::unexpected(Error{Errc::invalid_argument, "the handler is empty"});
    }
    const auto close_first = [weak = core_->weak_from_this(),
                              done = std::move(done)](Expected<void> result) {
        if (const auto core =
                weak.lock()) {  // null if an earlier callback has destroyed the client
            core->close();
        }
        done(std::move(result));
    };
    return core_->begin_drain(timeout, on_callback_thread<void>(*core_, close_first));
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
