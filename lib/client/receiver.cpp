#include "client/receiver.hpp"

#include "client/plain_delivery.hpp"
#include "codec/framing.hpp"
#include "wire/reply_headers.hpp"
#include "wire/writer.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace telex::client {
namespace {

// The public header cannot include the wire's.
static_assert(telex::kNoAnswerHeader == wire::kNoAnswerHeader);
static_assert(telex::kCloseHeader == wire::kCloseHeader);
static_assert(telex::kErrorHeader == wire::kErrorHeader);

// Default frame limit, for servers with a lower one and before Welcome.
constexpr std::uint64_t kDefaultMaxIncoming = std::uint64_t{16} << 20U;

// Accepts frames up to the ceiling of all framings; limit_frames() lowers it.
std::unique_ptr<codec::Decoder> make_decoder() {
    codec::Framing framing;  // the default: protobuf-delimited
    framing.max_frame_bytes = codec::kMaxFrameBytesCeiling;
    return codec::make_decoder(framing);
}

}  // namespace

Receiver::Receiver(
    SharedState& state, Subscriptions& subscriptions, Callbacks& callbacks, Handler& handler
)
    : state_(state), subscriptions_(subscriptions), callbacks_(callbacks), handler_(handler) {}

void Receiver::begin() {
    ++connection_;
    replies_ = std::make_shared<PendingReplies>();
    decoder_ = make_decoder();
    limit_frames(0);
}

// A delivery is longer than its publication by its head.
void Receiver::limit_frames(std::uint64_t announced) {
    const auto& configured = state_.options->max_frame_bytes;
    const std::uint64_t most = configured ? *configured : std::max(kDefaultMaxIncoming, announced);
    constexpr std::uint64_t kCeiling = codec::kMaxFrameBytesCeiling - wire::kHeadAllowance;
    decoder_->limit_payload(std::min(most, kCeiling) + wire::kHeadAllowance);
}

std::size_t Receiver::decode(ByteView input) {
    const std::uint64_t current = connection_;
    std::size_t used = 0;
    bool more = true;
    batch_.expect(input.size());
    while (more && connection_ == current) {
        const codec::DecodeStep step = decoder_->decode(input.substr(used));
        used += step.consumed;
        switch (step.kind) {
            case codec::DecodeStep::Kind::frame:
                on_frame(step.payload);
                if (connection_ == current) {
                    used += take_whole_frames(input.substr(used));
                }
                break;
            case codec::DecodeStep::Kind::skip:
                break;
            case codec::DecodeStep::Kind::need_more:
                more = false;
                break;
            case codec::DecodeStep::Kind::error:
                handler_.on_violation(
                    "the server sent a broken frame: " + std::string(name_of(step.error))
                );
                break;
        }
    }
    count(used);
    if (!batch_.empty()) {
        callbacks_.dispatcher().post(std::exchange(batch_, {}));
    }
    return used;
}

// The counts of one read, under one lock.
void Receiver::count(std::size_t bytes) {
    const std::scoped_lock lock(state_.mutex);
    state_.counters.received_bytes += bytes;
    state_.counters.received_messages += std::exchange(received_messages_, 0);
}

// Takes the frames behind one, without a step of the decoder for each. Any but a plain delivery
// ends it: it may change what the decoder accepts, or end the connection. Returns the bytes taken.
std::size_t Receiver::take_whole_frames(ByteView input) {
    std::array<codec::FrameAhead, 64> frames;
    std::size_t used = 0;
    for (;;) {
        const ByteView rest = input.substr(used);
        const std::size_t count = decoder_->look_ahead(rest, frames);
        const std::size_t begin = used;
        for (std::size_t index = 0; index < count; ++index) {
            used = begin + frames[index].end;
            if (!on_frame(frames[index].payload)) {
                return used;
            }
        }
        if (count < frames.size()) {
            return used;
        }
    }
}

bool Receiver::on_frame(ByteView frame) {
    if (PlainDelivery delivery; read_plain_delivery(frame, delivery)) {
        on_delivery(delivery.subscription, delivery.body, {}, nullptr);
        return true;
    }
    const auto incoming = client::decode(frame);
    if (!incoming) {
        handler_.on_violation("the server sent an invalid protobuf frame");
        return false;
    }
    if (incoming->kind == IncomingKind::delivery) {
        on_delivery(
            incoming->subscription,
            incoming->body,
            incoming->reply_to,
            incoming->position ? &*incoming->position : nullptr
        );
    } else if (incoming->kind == IncomingKind::reply) {
        if (const Completion request = state_.take_request(incoming->request)) {
            request(to_message(incoming->body, incoming->reply_to));
        }
    } else {
        on_control(*incoming);
    }
    return false;
}

void Receiver::on_control(const Incoming& incoming) {
    switch (incoming.kind) {
        case IncomingKind::welcome:
            handler_.on_welcome(incoming);
            break;
        case IncomingKind::challenge:
            handler_.on_challenge(incoming);
            break;
        case IncomingKind::subscribed:
            subscriptions_.on_subscribed(incoming.subscription);
            break;
        case IncomingKind::unsubscribed:
            subscriptions_.on_unsubscribed(incoming.subscription, incoming.dropped);
            break;
        case IncomingKind::ping:
            on_ping(incoming.number);
            break;
        case IncomingKind::flushed:
            on_flushed(incoming.number);
            break;
        case IncomingKind::stored:
            if (const Completion publication = state_.take_request(incoming.request)) {
                publication({std::string(incoming.text), incoming.number, incoming.duplicate});
            }
            break;
        case IncomingKind::goodbye:
            handler_.on_goodbye(incoming);
            break;
        case IncomingKind::error:
            on_error(incoming);
            break;
        default:
            break;  // pong: any received byte counts as activity
    }
}

void Receiver::on_delivery(
    std::uint64_t number, ByteView body, std::string_view reply_to, const wire::Position* position
) {
    SubscriptionState* subscription = subscriptions_.find(number);
    if (subscription == nullptr || ignoring_deliveries_) {
        return;  // unsubscribed while it was in transit
    }
    const auto offer =
        subscription->offer(body, reply_to, replies_->add(reply_to), position, batch_);
    if (offer == SubscriptionState::Offer::ended) {
        return;
    }
    ++received_messages_;
    if (offer != SubscriptionState::Offer::queued) {
        const std::scoped_lock lock(state_.mutex);
        ++state_.counters.dropped_messages;
    }
    if (offer == SubscriptionState::Offer::first_drop) {
        callbacks_.error(
            {Errc::messages_dropped,
             "the application is too slow for its subscription to " + subscription->filter()}
        );
    }
}

void Receiver::on_error(const Incoming& incoming) {
    Error error{incoming.code, std::string(incoming.text), incoming.number};
    if (incoming.closing) {
        handler_.on_closing_error(std::move(error));
    } else if (incoming.request != 0) {
        if (const Completion request = state_.take_request(incoming.request)) {
            request.fail(std::move(error));
        }
    } else if (incoming.subscription != 0 && error.code == Errc::shutting_down) {
        // Does not concern this subscription: the exchange stops, the next connection renews it.
    } else if (incoming.subscription != 0) {
        subscriptions_.on_error(incoming.subscription, error);
    } else {
        callbacks_.error(std::move(error));
    }
}

void Receiver::on_ping(std::uint64_t nonce) {
    {
        const std::scoped_lock lock(state_.mutex);
        // A server that pings without reading must not grow the buffer beyond its limit.
        if (state_.buffer.has_room(kFrameOverhead)) {
            append_pong(state_.last_frames(), nonce);
        }
    }
    handler_.on_output();
}

void Receiver::on_flushed(std::uint64_t id) {
    const std::scoped_lock lock(state_.mutex);
    state_.last_flushed = std::max(state_.last_flushed, std::min(id, state_.last_flush));
    state_.notify_changed();
}

}  // namespace telex::client
