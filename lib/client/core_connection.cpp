// The I/O thread: connecting, writing, losing the connection, and the clock.
#include "client/core.hpp"
#include "codec/framing.hpp"

#include <algorithm>
#include <utility>

namespace telex::client {
namespace {

// Of frames up to the ceiling of all framings; Core limits it.
std::unique_ptr<codec::Decoder> make_decoder() {
    codec::Framing framing;  // as it comes: protobuf-delimited
    framing.max_frame_bytes = codec::kMaxFrameBytesCeiling;
    return codec::make_decoder(framing);
}

}  // namespace

void Core::start_round() {
    round_.begin();
    retry_at_.reset();
    attempt();
}

void Core::attempt() {
    const Endpoint& server = round_.current();
    const auto owner = check_server(server, options_->credentials);
    if (!owner) {
        attempt_failed(owner.error());
    } else {
        attempt_deadline_ = deadline_after(options_->attempt_timeout);
        link_ = new_link(*owner);
        const auto link = link_;  // open() may fail at once, and replace it
        link->open(server.address);
    }
    arm();
}

// A link to the current server, and nothing left of the one before.
std::shared_ptr<Link> Core::new_link(std::optional<SocketOwner> owner) {
    send_ended_ = false;
    was_challenged_ = false;
    announced_end_.reset();
    leave_by_.reset();
    decoder_ = make_decoder();
    limit_frames(0);
    const Endpoint& server = round_.current();
    const TlsOptions& tls = options_->tls;
    Link::Options options{.owner = owner, .time = options_->attempt_timeout};
    if (server.tls) {
        const std::string& name = tls.server_name;
        options.security = {tls_, name.empty() ? server.address.host : name, tls.key_pin};
    }
    return std::make_shared<Link>(io_, static_cast<Link::Handler&>(*this), std::move(options));
}

void Core::on_open() {
    std::string hello;
    const Credentials& credentials = options_->credentials;
    const auto public_key = key_ ? key_->public_key() : auth::PublicKey{};
    append_hello(
        hello,
        {.client_name = options_->name,
         .no_echo = options_->no_echo,
         .user = credentials.user,
         .password = credentials.password,
         .token = credentials.token,
         .public_key =
             {reinterpret_cast<const char*>(public_key.data()), key_ ? public_key.size() : 0}}
    );
    {
        const std::scoped_lock lock(mutex_);
        outbox_.introduce(hello);
    }
    last_received_ = std::chrono::steady_clock::now();
    pump();
    arm();
}

// The server is given up at this address, before its Welcome. Returns whether it has others, which
// are then tried in what is left of the attempt's time.
bool Core::try_other_address(const Error& reason) {
    if (!attempt_deadline_ || !link_->has_others() || close_begun_ || ends_search(reason.code) ||
        *attempt_deadline_ <= std::chrono::steady_clock::now()) {
        return false;
    }
    round_.note(reason);
    std::vector<Remote> others = link_->take_others();
    link_ = new_link(std::nullopt);  // unix sockets have one address
    const auto link = link_;
    link->open(std::move(others));
    return true;
}

void Core::attempt_failed(const Error& reason) {
    round_.fail(reason);
    attempt_deadline_.reset();
    if (close_begun_) {
        finish(reason);
    } else if (!round_.is_over()) {
        // From the loop, so that a list of servers that all refuse at once is no recursion.
        retry_at_ = TimePoint::min();
    } else {
        round_failed(ends_search(reason.code) ? reason.code : Errc::connect_failed);
    }
}

void Core::round_failed(Errc code) {
    const Error failure{code, round_.failures()};
    std::uint32_t rounds = 0;
    bool was_connected = false;
    {
        const std::scoped_lock lock(mutex_);
        rounds = ++failed_rounds_;
        was_connected = counters_.connects != 0;
        last_failure_ = failure;
        changed_.notify_all();
    }
    const bool is_refused = code == Errc::not_authenticated;
    if (is_refused && was_connected) {
        report(failure);  // no call waits for it
    }
    const ReconnectOptions& reconnect = options_->reconnect;
    if (is_refused || !reconnect.enabled ||
        (reconnect.max_rounds && rounds >= *reconnect.max_rounds)) {
        finish(failure);
        return;
    }
    const double random = std::uniform_real_distribution<double>(0.0, 1.0)(random_);
    retry_at_ = deadline_after(backoff_.next(random));
}

void Core::on_end(const Error& reason) {
    disconnect(reason);
    arm();
}

// The connection, or the attempt at one, is over. What the server said of the reason counts more
// than what was seen.
void Core::disconnect(const Error& seen) {
    const Error reason = announced_end_.value_or(seen);
    link_->close();
    bool was_connected = false;
    {
        const std::scoped_lock lock(mutex_);
        was_connected = phase_ == Phase::connected || phase_ == Phase::leaving;
        phase_ = Phase::connecting;
        write_running_ = false;
        outbox_.rewind();
    }
    if (!was_connected && try_other_address(reason)) {
        return;
    }
    link_.reset();
    leave_by_.reset();
    if (was_connected) {
        lost(reason);
    } else {
        attempt_failed(reason);
    }
}

void Core::lost(const Error& reason) {
    std::vector<Completion> requests;
    {
        const std::scoped_lock lock(mutex_);
        ++epoch_;
        last_failure_ = reason;
        requests = requests_.take_all();
        std::erase_if(subscriptions_, [&](const auto& entry) {
            const bool drained = entry.second->phase() == SubscriptionState::Phase::draining;
            if (drained) {
                entry.second->end({Errc::disconnected, reason.text}, false);
            }
            return drained;
        });
        changed_.notify_all();
    }
    known_.clear();
    for (const Completion& request : requests) {
        request(tl::unexpected(Error{Errc::disconnected, reason.text}));
    }
    dispatcher_->post([options = options_, reason] {
        if (options->on_disconnected) {
            options->on_disconnected(reason);
        }
    });
    if (close_begun_ || !options_->reconnect.enabled) {
        finish(reason);
        return;
    }
    const auto lifetime = std::chrono::steady_clock::now() - connected_at_;
    backoff_.connection_lived(std::chrono::duration_cast<Backoff::Milliseconds>(lifetime));
    if (reconnect_at_once_) {
        backoff_.connection_ended_in_order();
    }
    const double random = std::uniform_real_distribution<double>(0.0, 1.0)(random_);
    round_.leave(reconnect_at_once_);
    const bool elsewhere = reconnect_at_once_ && round_.size() > 1;
    retry_at_ = elsewhere ? TimePoint::min() : deadline_after(backoff_.next(random));
}

// Gives the socket what there is, if it takes more.
void Core::pump() {
    ByteView bytes;
    {
        const std::scoped_lock lock(mutex_);
        if (!link_ || write_running_) {
            return;
        }
        bytes = outbox_.writable(phase_ == Phase::connected);
        write_running_ = !bytes.empty();
    }
    if (!bytes.empty()) {
        link_->write(bytes);
    } else if ((leave_by_ || linger_by_) && !send_ended_) {
        send_ended_ = true;
        link_->shutdown_send();
    }
}

void Core::on_wrote(std::size_t bytes) {
    {
        const std::scoped_lock lock(mutex_);
        outbox_.wrote(bytes);
        write_running_ = false;
        if (waiting_for_room_ != 0) {
            room_.notify_all();
        }
    }
    pump();
}

void Core::on_wake() {
    bool closing = false;
    {
        const std::scoped_lock lock(mutex_);
        wake_posted_ = false;
        if (phase_ == Phase::closed) {
            return;
        }
        closing = closing_;
    }
    if (closing && !close_begun_) {
        begin_close();
    }
    pump();
    arm();
}

void Core::begin_close() {
    close_begun_ = true;
    bool connected = false;
    {
        const std::scoped_lock lock(mutex_);
        connected = phase_ == Phase::connected;
        if (connected) {
            append_goodbye(outbox_.pending());
        }
        connected |= phase_ == Phase::leaving;
    }
    if (connected) {
        linger_by_ = deadline_after(options_->close_timeout);
    } else {
        finish({Errc::closed, "closed before it was connected"});
    }
}

// The end. Whoever waits for `closed` joins this thread before it touches what is still done here.
void Core::finish(const Error& reason) {
    if (link_) {
        link_->close();
        link_.reset();
    }
    std::vector<Completion> requests;
    std::vector<SubscriptionPtr> subscriptions;
    Error error;
    {
        const std::scoped_lock lock(mutex_);
        phase_ = Phase::closed;
        last_failure_ = reason;
        error = closed_error();
        requests = requests_.take_all();
        for (auto& [id, subscription] : subscriptions_) {
            subscriptions.push_back(std::move(subscription));
        }
        subscriptions_.clear();
        counters_.unsent_messages += outbox_.unsent_publishes();
        for (const SubscriptionPtr& subscription : subscriptions) {
            subscription->end(error, false);
        }
        changed_.notify_all();
        room_.notify_all();
    }
    for (const Completion& request : requests) {
        request(tl::unexpected(error));
    }
    known_.clear();
    timer_.cancel();
    retry_at_ = attempt_deadline_ = leave_by_ = linger_by_ = std::nullopt;
    work_.reset();
    dispatcher_->stop([options = options_] {
        if (options->on_closed) {
            options->on_closed();
        }
    });
}

std::optional<TimePoint> Core::next_deadline() const {
    std::optional<TimePoint> next;
    const auto consider = [&next](std::optional<TimePoint> time) {
        if (time && (!next || *time < *next)) {
            next = time;
        }
    };
    consider(attempt_deadline_);
    consider(retry_at_);
    consider(leave_by_);
    consider(linger_by_);
    const std::scoped_lock lock(mutex_);
    consider(requests_.next_deadline());
    if (phase_ == Phase::connected) {
        consider(last_received_ + (ping_sent_ ? 2 : 1) * options_->ping_interval);
    }
    return phase_ == Phase::closed ? std::nullopt : next;
}

// One timer for all deadlines. It is set again only for an earlier one; a deadline that moved away
// costs one idle look.
void Core::arm() {
    const auto next = next_deadline();
    if (!next || *next >= armed_for_) {
        return;
    }
    armed_for_ = *next;
    timer_.expires_at(std::max(*next, std::chrono::steady_clock::now()));
    timer_.async_wait([this](const asio::error_code& error) {
        if (!error) {
            armed_for_ = TimePoint::max();
            on_timer();
        }
    });
}

void Core::on_timer() {
    const TimePoint now = std::chrono::steady_clock::now();
    const auto due = [now](const std::optional<TimePoint>& time) { return time && *time <= now; };
    std::vector<Completion> expired;
    {
        const std::scoped_lock lock(mutex_);
        if (phase_ == Phase::closed) {
            return;
        }
        expired = requests_.take_expired(now);
        if (!expired.empty()) {
            changed_.notify_all();
        }
    }
    for (const Completion& request : expired) {
        request(tl::unexpected(Error{Errc::timeout, "no answer, and no word from the exchange"}));
    }
    if (due(linger_by_)) {
        finish({Errc::closed, "the server did not take everything within close_timeout"});
    } else if (due(leave_by_)) {
        disconnect({Errc::disconnected, "the server left"});
    } else if (due(attempt_deadline_)) {
        disconnect({Errc::timed_out, "no Welcome within attempt_timeout"});
    } else if (due(retry_at_)) {
        retry_at_.reset();
        round_.is_over() ? start_round() : attempt();
    }
    check_silence(now);
    arm();
}

void Core::check_silence(TimePoint now) {
    {
        const std::scoped_lock lock(mutex_);
        if (phase_ != Phase::connected || now < last_received_ + options_->ping_interval) {
            return;
        }
        if (!ping_sent_) {
            ping_sent_ = true;
            append_ping(outbox_.pending(), 1);
        }
    }
    if (now >= last_received_ + 2 * options_->ping_interval) {
        disconnect({Errc::disconnected, "the server is silent"});
    } else {
        pump();
    }
}

}  // namespace telex::client
