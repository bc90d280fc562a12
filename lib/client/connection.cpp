#include "client/connection.hpp"

#include "client/outgoing.hpp"

#include <utility>

namespace telex::client {

Connection::Connection(
    asio::io_context& io,
    SharedState& state,
    Subscriptions& subscriptions,
    Callbacks& callbacks,
    Options options
)
    : state_(state),
      subscriptions_(subscriptions),
      callbacks_(callbacks),
      io_(io),
      work_(io.get_executor()),
      tls_(std::move(options.tls)),
      handshake_(state.options, std::move(options.key)),
      sender_(state),
      receiver_(state, subscriptions, callbacks, *this),
      timer_(io, [this] { on_timer(); }),
      search_(std::move(options.servers), state.options->reconnect) {}

void Connection::start_round() {
    search_.round().begin();
    deadlines_.retry.reset();
    attempt();
}

void Connection::attempt() {
    const Endpoint& server = search_.round().current();
    const auto owner = check_server(server, state_.options->credentials);
    if (!owner) {
        attempt_failed(owner.error());
    } else {
        deadlines_.attempt = deadline_after(state_.options->attempt_timeout);
        link_ = new_link(*owner);
        const auto link = link_;  // open() may fail at once, and replace it
        link->open(server.address);
    }
    arm();
}

// Returns a link to the current server and resets the state of the previous one.
std::shared_ptr<Link> Connection::new_link(std::optional<SocketOwner> owner) {
    sender_.begin();
    handshake_.begin();
    announced_end_.reset();
    leaving_.reset();
    receiver_.begin();
    const Endpoint& server = search_.round().current();
    const TlsOptions& tls = state_.options->tls;
    Link::Options options{.owner = owner, .time = state_.options->attempt_timeout};
    if (server.tls) {
        const std::string& name = tls.server_name;
        options.security = {tls_, name.empty() ? server.address.host : name, tls.key_pin};
    }
    return std::make_shared<Link>(io_, static_cast<Link::Handler&>(*this), std::move(options));
}

void Connection::on_open() {
    {
        const std::scoped_lock lock(state_.mutex);
        state_.buffer.introduce(handshake_.hello());
    }
    last_received_ = Clock::now();
    pump();
    arm();
}

std::size_t Connection::on_bytes(ByteView input) {
    last_received_ = Clock::now();
    ping_sent_ = false;
    if (const auto other = deadlines_.attempt ? Handshake::other_protocol(input) : std::nullopt) {
        disconnect(*other);
        return input.size();
    }
    const std::size_t used = receiver_.decode(input);
    pump();  // not before all requests of this read are known, if the server leaves
    arm();
    return used;
}

// Abandons the server at this address before its Welcome. Returns whether there are other
// addresses, which are then tried in the remaining time of the attempt.
bool Connection::try_other_address(const Error& reason) {
    if (!deadlines_.attempt || !link_->has_others() || close_begun_ || ends_search(reason.code) ||
        *deadlines_.attempt <= Clock::now()) {
        return false;
    }
    search_.round().note(reason);
    std::vector<Remote> others = link_->take_others();
    link_ = new_link(std::nullopt);  // unix sockets have one address
    const auto link = link_;
    link->open(std::move(others));
    return true;
}

void Connection::attempt_failed(const Error& reason) {
    search_.round().fail(reason);
    deadlines_.attempt.reset();
    if (close_begun_) {
        finish(reason);
    } else if (!search_.round().is_over()) {
        // From the event loop: servers that all fail at once must not cause recursion.
        deadlines_.retry = TimePoint::min();
    } else {
        round_failed(ends_search(reason.code) ? reason.code : Errc::connect_failed);
    }
}

void Connection::round_failed(Errc code) {
    const Error failure{code, search_.round().failures()};
    std::uint32_t rounds = 0;
    bool was_connected = false;
    {
        const std::scoped_lock lock(state_.mutex);
        rounds = ++state_.failed_rounds;
        was_connected = state_.counters.connects != 0;
        state_.last_failure = failure;
        state_.notify_changed();
    }
    if (code == Errc::not_authenticated && was_connected) {
        callbacks_.error(failure);  // no call waits for it
    }
    if (const auto delay = search_.after_round(code, rounds)) {
        deadlines_.retry = deadline_after(*delay);
    } else {
        finish(failure);
    }
}

void Connection::on_welcome(const Incoming& incoming) {
    auto info = Handshake::read_welcome(incoming.control);
    if (!deadlines_.attempt || !info) {
        on_violation("the server sent an unexpected Welcome, or one of another protocol version");
        return;
    }
    info->url = search_.round().current().url;
    deadlines_.attempt.reset();
    connected_at_ = last_received_;
    reconnect_at_once_ = false;
    receiver_.limit_frames(info->max_frame_bytes);
    const std::size_t too_large = welcome(*info);
    callbacks_.connected(*std::move(info));
    if (auto untrusted = search_.take_untrusted(); !untrusted.empty()) {
        callbacks_.error({Errc::untrusted_server, std::move(untrusted)});
    }
    if (too_large != 0) {
        callbacks_.error(
            {Errc::frame_too_large,
             std::to_string(too_large) + " buffered messages are too large for this server"}
        );
    }
    pump();
}

// Updates the shared state. Returns the number of buffered messages over the server's frame limit.
std::size_t Connection::welcome(const ServerInfo& info) {
    const std::scoped_lock lock(state_.mutex);
    state_.phase = Phase::connected;
    state_.failed_rounds = 0;
    ++state_.counters.connects;
    const std::size_t too_large =
        info.max_frame_bytes == 0 ? 0 : state_.buffer.drop_larger_than(info.max_frame_bytes);
    state_.counters.unsent_messages += too_large;
    state_.buffer.put_first(subscriptions_.frames_for_new_connection());
    state_.info = info;
    state_.notify_changed();
    state_.room.notify_all();
    return too_large;
}

void Connection::on_challenge(const Incoming& incoming) {
    const auto proof = deadlines_.attempt
                           ? handshake_.prove(incoming.nonce, link_->channel_binding())
                           : std::nullopt;
    if (!proof) {
        on_violation("the server sent an unexpected Challenge");
        return;
    }
    {
        const std::scoped_lock lock(state_.mutex);
        state_.buffer.introduce(*proof);
    }
    pump();
}

void Connection::on_goodbye(const Incoming& incoming) {
    announced_end_ = Error{Errc::shutting_down, std::string(incoming.text)};
    reconnect_at_once_ = incoming.reconnect;
    leave(true);
}

void Connection::on_closing_error(Error error) {
    announced_end_ = std::move(error);
    leave(false);
}

// The server closes the connection: the running write is finished and the application's replies are
// sent, if `stays`; everything else waits for the next connection. The server's last replies are
// still received.
void Connection::leave(bool stays) {
    leaving_.begin(last_received_, stays);
    receiver_.replies().watch([this] { state_.wake_now(); });
    const std::scoped_lock lock(state_.mutex);
    if (state_.phase == Phase::connected) {
        state_.phase = Phase::leaving;
        state_.buffer.begin_last();
    }
}

void Connection::update_leaving() {
    if (!leaving_.begun()) {
        return;
    }
    bool busy = !receiver_.replies().empty();
    {
        const std::scoped_lock lock(state_.mutex);
        busy |= state_.requests.size() != 0;
    }
    leaving_.update(Clock::now(), busy);
}

// Ends the connection, or the attempt. A reason announced by the server takes precedence.
void Connection::disconnect(const Error& seen) {
    const Error reason = announced_end_.value_or(seen);
    link_->close();
    receiver_.end();
    bool was_connected = false;
    {
        const std::scoped_lock lock(state_.mutex);
        was_connected = state_.phase == Phase::connected || state_.phase == Phase::leaving;
        state_.phase = Phase::connecting;
        state_.write_running = false;
        state_.buffer.rewind();
    }
    if (!was_connected && try_other_address(reason)) {
        return;
    }
    link_.reset();
    leaving_.reset();
    if (was_connected) {
        lost(reason);
    } else {
        attempt_failed(reason);
    }
}

void Connection::lost(const Error& reason) {
    std::vector<Completion> requests;
    {
        const std::scoped_lock lock(state_.mutex);
        ++state_.epoch;
        state_.last_failure = reason;
        requests = state_.requests.take_all();
        subscriptions_.end_draining({Errc::disconnected, reason.text});
        state_.notify_changed();
    }
    subscriptions_.forget();
    for (const Completion& request : requests) {
        request(tl::unexpected(Error{Errc::disconnected, reason.text}));
    }
    callbacks_.disconnected(reason);
    if (close_begun_ || !state_.options->reconnect.enabled) {
        finish(reason);
    } else {
        const auto lifetime = Clock::now() - connected_at_;
        const auto delay = search_.after_loss(lifetime, reconnect_at_once_);
        deadlines_.retry = deadline_after(delay);
    }
}

void Connection::pump() {
    if (const auto link = link_) {
        update_leaving();
        const bool leaves = leaving_.begun() && !leaving_.sends();
        sender_.pump(*link, leaves || deadlines_.linger);
    }
}

void Connection::on_wake() {
    bool closing = false;
    {
        const std::scoped_lock lock(state_.mutex);
        state_.wake_posted = false;
        if (state_.phase == Phase::closed) {
            return;
        }
        closing = state_.closing;
    }
    if (closing && !close_begun_) {
        begin_close();
    }
    state_.run_waits();
    pump();
    arm();
}

void Connection::begin_close() {
    close_begun_ = true;
    receiver_.ignore_deliveries();
    bool connected = false;
    {
        const std::scoped_lock lock(state_.mutex);
        connected = state_.is_connected();
        if (connected) {
            append_goodbye(state_.buffer.pending());
        }
        connected |= state_.phase == Phase::leaving;
    }
    if (connected) {
        deadlines_.linger = deadline_after(state_.options->close_timeout);
    } else {
        finish({Errc::closed, "closed before it was connected"});
    }
}

// A thread that waits for `closed` joins this thread before it touches what is still used here.
void Connection::finish(const Error& reason) {
    if (link_) {
        link_->close();
        link_.reset();
    }
    receiver_.end();
    std::vector<Completion> requests;
    Error error;
    {
        const std::scoped_lock lock(state_.mutex);
        state_.phase = Phase::closed;
        state_.last_failure = reason;
        error = state_.closed_error();
        requests = state_.requests.take_all();
        state_.counters.unsent_messages += state_.buffer.unsent_publishes();
        subscriptions_.end_all(error);
        state_.notify_changed();
        state_.room.notify_all();
    }
    for (const Completion& request : requests) {
        request(tl::unexpected(error));
    }
    state_.run_waits();
    subscriptions_.forget();
    timer_.cancel();
    deadlines_ = {};
    work_.reset();
    callbacks_.closed();
}

void Connection::arm() {
    update_leaving();
    std::optional<TimePoint> next = earlier(deadlines_.earliest(), leaving_.deadline());
    {
        const std::scoped_lock lock(state_.mutex);
        if (state_.phase == Phase::closed) {
            return;
        }
        next = earlier(next, state_.next_deadline());
        if (is_alive()) {
            const int intervals = ping_sent_ ? 2 : 1;
            next = earlier(next, last_received_ + intervals * state_.options->ping_interval);
        }
    }
    timer_.arm(next);
}

void Connection::on_timer() {
    const TimePoint now = Clock::now();
    const auto due = [now](const std::optional<TimePoint>& time) { return time && *time <= now; };
    state_.expire(now);
    if (due(deadlines_.linger)) {
        finish({Errc::closed, "the server did not read everything within close_timeout"});
    } else if (due(leaving_.deadline())) {
        disconnect({Errc::disconnected, "the server left"});
    } else if (due(deadlines_.attempt)) {
        disconnect({Errc::timeout, std::string(kNoWelcome)});
    } else if (due(deadlines_.retry)) {
        deadlines_.retry.reset();
        search_.round().is_over() ? start_round() : attempt();
    }
    check_silence(now);
    arm();
}

// The server answers a Ping. Requires the mutex.
bool Connection::is_alive() const {
    return state_.is_connected() || (state_.phase == Phase::leaving && leaving_.sends());
}

void Connection::check_silence(TimePoint now) {
    const auto interval = state_.options->ping_interval;
    {
        const std::scoped_lock lock(state_.mutex);
        if (!is_alive() || now < last_received_ + interval) {
            return;
        }
        if (!ping_sent_) {
            ping_sent_ = true;
            append_ping(state_.last_frames(), 1);
        }
    }
    if (now >= last_received_ + 2 * interval) {
        disconnect({Errc::disconnected, "the server is silent"});
    } else {
        pump();
    }
}

}  // namespace telex::client
