// The I/O thread: what the exchange says.
#include "client/core.hpp"
#include "wire/reply_headers.hpp"
#include "wire/writer.hpp"

#include <algorithm>
#include <utility>

namespace telex::client {
namespace {

using SubPhase = SubscriptionState::Phase;

// How long a server that said goodbye may take for its last answers.
constexpr std::chrono::milliseconds kLeaveTime{2000};

// The public header cannot include the wire's.
static_assert(telex::kNoAnswerHeader == wire::kNoAnswerHeader);
static_assert(telex::kErrorHeader == wire::kErrorHeader);

// What is accepted from servers whose own frames are shorter, and before one has said.
constexpr std::uint64_t kUsualMost = std::uint64_t{16} << 20U;

// What a TLS server answers to words without TLS: a record of type alert, version 3.x (RFC 8446,
// 5.1). As a frame it would be one of 21 bytes that begins with the end of a group.
bool is_tls_alert(ByteView input) {
    return input.size() >= 2 && input[0] == '\x15' && input[1] == '\x03';
}

}  // namespace

// A delivery is longer than what its publisher sent by its head.
void Core::limit_frames(std::uint64_t announced) {
    const std::uint64_t most =
        options_->max_frame_bytes ? *options_->max_frame_bytes : std::max(kUsualMost, announced);
    constexpr std::uint64_t kCeiling = codec::kMaxFrameBytesCeiling - wire::kHeadAllowance;
    decoder_->limit_payload(std::min(most, kCeiling) + wire::kHeadAllowance);
}

std::size_t Core::on_bytes(ByteView input) {
    last_received_ = std::chrono::steady_clock::now();
    ping_sent_ = false;
    if (attempt_deadline_ && is_tls_alert(input)) {
        disconnect({Errc::bad_answer, "the server speaks TLS here: write tls:// for tcp://"});
        return input.size();
    }
    const Link* const current = link_.get();
    std::size_t used = 0;
    bool more = true;
    while (more && link_.get() == current) {
        const codec::DecodeStep step = decoder_->decode(input.substr(used));
        used += step.consumed;
        switch (step.kind) {
            case codec::DecodeStep::Kind::frame:
                on_frame(step.payload);
                break;
            case codec::DecodeStep::Kind::skip:
                break;
            case codec::DecodeStep::Kind::need_more:
                more = false;
                break;
            case codec::DecodeStep::Kind::error:
                disconnect(
                    {Errc::bad_answer,
                     "the server sent a broken frame: " + std::string(name_of(step.error))}
                );
                break;
        }
    }
    count_arrived(used);
    if (!batch_.empty()) {
        dispatcher_->post(batch_);
    }
    arm();
    return used;
}

// What one read brought, under one lock.
void Core::count_arrived(std::size_t bytes) {
    const std::scoped_lock lock(mutex_);
    counters_.received_bytes += bytes;
    counters_.received_messages += std::exchange(arrived_messages_, 0);
}

void Core::on_frame(ByteView frame) {
    const auto incoming = decode(frame);
    if (!incoming) {
        disconnect({Errc::bad_answer, "the server sent what is no frame of protobuf"});
        return;
    }
    if (incoming->kind == IncomingKind::delivery) {
        on_delivery(*incoming);
    } else if (incoming->kind == IncomingKind::answer) {
        complete(incoming->request, to_message(incoming->body, incoming->reply_to));
    } else {
        on_control(*incoming);
    }
}

void Core::on_control(const Incoming& incoming) {
    switch (incoming.kind) {
        case IncomingKind::welcome:
            on_welcome(incoming);
            break;
        case IncomingKind::challenge:
            on_challenge(incoming);
            break;
        case IncomingKind::subscribed:
            on_subscribed(incoming.subscription);
            break;
        case IncomingKind::unsubscribed:
            on_unsubscribed(incoming);
            break;
        case IncomingKind::ping:
            on_ping(incoming.number);
            break;
        case IncomingKind::flushed: {
            const std::scoped_lock lock(mutex_);
            last_flushed_ = std::max(last_flushed_, std::min(incoming.number, last_flush_));
            changed_.notify_all();
            break;
        }
        case IncomingKind::goodbye:
            on_goodbye(incoming);
            break;
        case IncomingKind::error:
            on_error_frame(incoming);
            break;
        default:
            break;  // pong: that bytes came is all that counts
    }
}

SubscriptionState* Core::find_subscription(std::uint64_t id) {
    if (const auto found = known_.find(id); found != known_.end()) {
        return found->second.get();
    }
    const std::scoped_lock lock(mutex_);
    const auto found = subscriptions_.find(id);
    if (found == subscriptions_.end()) {
        return nullptr;
    }
    return known_.emplace(id, found->second).first->second.get();
}

void Core::on_delivery(const Incoming& incoming) {
    SubscriptionState* subscription = find_subscription(incoming.subscription);
    if (subscription == nullptr || close_begun_) {
        return;  // unsubscribed while it was on its way
    }
    const auto offer = subscription->offer(incoming.body, incoming.reply_to, batch_);
    if (offer == SubscriptionState::Offer::ended) {
        return;
    }
    ++arrived_messages_;
    if (offer != SubscriptionState::Offer::queued) {
        const std::scoped_lock lock(mutex_);
        ++counters_.dropped_messages;
    }
    if (offer == SubscriptionState::Offer::first_drop) {
        report(
            {Errc::messages_dropped,
             "the application is too slow for its subscription to " + subscription->filter()}
        );
    }
}

// Under mutex_. The Subscribes of a new connection, in the order in which the application made
// them. A subscription whose last message came, but whose end was lost with the old connection, has
// ended.
std::string Core::subscription_frames() {
    std::erase_if(subscriptions_, [](const auto& entry) {
        const bool complete = entry.second->is_complete();
        if (complete) {
            entry.second->end({Errc::subscription_ended, "max_messages arrived"}, false);
        }
        return complete;
    });
    std::vector<SubscriptionState*> all;
    all.reserve(subscriptions_.size());
    for (const auto& [id, subscription] : subscriptions_) {
        all.push_back(subscription.get());
    }
    std::sort(all.begin(), all.end(), [](const auto* left, const auto* right) {
        return left->id() < right->id();
    });
    std::string frames;
    for (SubscriptionState* subscription : all) {
        if (const auto frame = subscription->frame_for_new_connection()) {
            append_subscribe(frames, *frame);
        }
    }
    return frames;
}

void Core::on_welcome(const Incoming& incoming) {
    auto info = decode_welcome(incoming.control);
    if (!attempt_deadline_ || !info || info->protocol_version != kProtocolVersion) {
        disconnect({Errc::bad_answer, "the server's Welcome is not one of version 1"});
        return;
    }
    info->url = round_.current().url;
    attempt_deadline_.reset();
    connected_at_ = last_received_;
    reconnect_at_once_ = false;
    limit_frames(info->max_frame_bytes);
    std::size_t too_large = 0;
    {
        const std::scoped_lock lock(mutex_);
        phase_ = Phase::connected;
        failed_rounds_ = 0;
        ++counters_.connects;
        if (info->max_frame_bytes != 0) {
            too_large = outbox_.drop_larger_than(info->max_frame_bytes);
        }
        counters_.unsent_messages += too_large;
        outbox_.put_first(subscription_frames());
        info_ = *info;
        changed_.notify_all();
        room_.notify_all();
    }
    dispatcher_->post([options = options_, info = *std::move(info)] {
        if (options->on_connected) {
            options->on_connected(info);
        }
    });
    if (!round_.untrusted().empty() && round_.untrusted() != reported_untrusted_) {
        reported_untrusted_ = round_.untrusted();
        report({Errc::untrusted_server, reported_untrusted_});
    }
    if (too_large != 0) {
        report(
            {Errc::message_too_large,
             std::to_string(too_large) + " buffered messages are too large for this server"}
        );
    }
    pump();
}

void Core::on_challenge(const Incoming& incoming) {
    constexpr std::size_t kNonceBytes = 32;
    if (!attempt_deadline_ || !key_ || std::exchange(was_challenged_, true) ||
        incoming.nonce.size() != kNonceBytes) {
        disconnect({Errc::bad_answer, "the server asks for a proof that was not offered"});
        return;
    }
    std::string proof;
    append_proof(
        proof, key_->sign(auth::challenge_statement(incoming.nonce, link_->channel_binding()))
    );
    {
        const std::scoped_lock lock(mutex_);
        outbox_.introduce(proof);
    }
    pump();
}

void Core::on_subscribed(std::uint64_t id) {
    SubscriptionState* subscription = find_subscription(id);
    if (subscription == nullptr) {
        return;
    }
    const std::scoped_lock lock(mutex_);
    if (subscription->phase() == SubPhase::wanted) {
        subscription->set_phase(SubPhase::active);
        changed_.notify_all();
    }
}

void Core::on_unsubscribed(const Incoming& incoming) {
    SubscriptionState* subscription = find_subscription(incoming.subscription);
    if (subscription == nullptr) {
        return;
    }
    {
        const std::scoped_lock lock(mutex_);
        subscription->set_dropped_by_exchange(incoming.dropped);
        subscription->end({Errc::subscription_ended, "nothing more comes"}, false);
        subscriptions_.erase(incoming.subscription);
        changed_.notify_all();
    }
    known_.erase(incoming.subscription);
}

void Core::on_error_frame(const Incoming& incoming) {
    Error error{incoming.code, std::string(incoming.text)};
    if (incoming.closing) {
        announced_end_ = std::move(error);
        leave(last_received_ + kLeaveTime);
    } else if (incoming.request != 0) {
        complete(incoming.request, tl::unexpected(std::move(error)));
    } else if (incoming.subscription != 0 && error.code == Errc::shutting_down) {
        // Not a refusal of this subscription: the exchange stops, and the next connection makes it.
    } else if (incoming.subscription != 0) {
        refuse_subscription(incoming.subscription, error);
    } else {
        report(std::move(error));
    }
}

// Errors about a subscription that is gone here crossed with its end, and mean nothing any more.
void Core::refuse_subscription(std::uint64_t id, const Error& error) {
    SubscriptionState* subscription = find_subscription(id);
    if (subscription == nullptr || subscription->phase() == SubPhase::ended) {
        return;
    }
    if (subscription->phase() == SubPhase::wanted) {
        const bool somebody_waits = subscription->options().wait && !subscription->was_active();
        {
            const std::scoped_lock lock(mutex_);
            subscription->end(error, false);
            subscriptions_.erase(id);
            changed_.notify_all();
        }
        known_.erase(id);
        if (somebody_waits) {
            return;
        }
    }
    report(error);
}

void Core::complete(std::uint64_t request, Expected<Message> answer) {
    Completion completion;
    {
        const std::scoped_lock lock(mutex_);
        completion = requests_.take(request);
        changed_.notify_all();
    }
    if (completion) {
        completion(std::move(answer));
    }
}

void Core::on_ping(std::uint64_t nonce) {
    {
        const std::scoped_lock lock(mutex_);
        // A server that asks but does not read gets no memory of ours.
        if (outbox_.has_room(kFrameOverhead)) {
            append_pong(outbox_.pending(), nonce);
        }
    }
    pump();
}

void Core::on_goodbye(const Incoming& incoming) {
    announced_end_ = Error{Errc::shutting_down, std::string(incoming.text)};
    reconnect_at_once_ = incoming.reconnect;
    leave(last_received_ + kLeaveTime);
}

// The server ends the connection: what the socket has begun is finished, everything else waits for
// the next connection. Its last answers are still taken.
void Core::leave(TimePoint until) {
    leave_by_ = until;
    {
        const std::scoped_lock lock(mutex_);
        if (phase_ == Phase::connected) {
            phase_ = Phase::leaving;
        }
    }
    pump();
}

void Core::report(Error error) {
    dispatcher_->post([options = options_, error = std::move(error)] {
        if (options->on_error) {
            options->on_error(error);
        }
    });
}

}  // namespace telex::client
