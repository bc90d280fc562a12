#include "client/connection.hpp"

#include "client/outgoing.hpp"

#include <utility>

namespace telex::client {

using State = ConnectionMachine::State;

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
      machine_(std::move(options.servers), *state.options),
      handshake_(state.options, std::move(options.key)),
      sender_(state),
      receiver_(state, subscriptions, callbacks, *this),
      timer_(io, [this] { on_timer(); }) {}

void Connection::start() {
    carry_out(machine_.start(Clock::now()));
    arm();
}

// --- what happens ----------------------------------------------------------------------------

void Connection::on_open() {
    {
        const std::scoped_lock lock(state_.mutex);
        state_.buffer.introduce(handshake_.hello());
    }
    machine_.on_activity(Clock::now());
    pump();
    arm();
}

std::size_t Connection::on_bytes(ByteView input) {
    machine_.on_activity(Clock::now());
    const bool is_first = machine_.state() == State::attempting;
    if (const auto other = is_first ? Handshake::other_protocol(input) : std::nullopt) {
        disconnect(*other);
        arm();
        return input.size();
    }
    const std::size_t used = receiver_.decode(input);
    pump();  // not before all requests of this read are known, if the server leaves
    arm();
    return used;
}

void Connection::on_welcome(const Incoming& incoming) {
    auto info = Handshake::read_welcome(incoming.control);
    if (machine_.state() != State::attempting || !info) {
        on_violation("the server sent an unexpected Welcome, or one of another protocol version");
        return;
    }
    info->url = machine_.server().url;
    machine_.on_welcome(Clock::now());
    receiver_.limit_frames(info->max_frame_bytes);
    const std::size_t too_large = welcome(*info);
    if (machine_.server_leaves()) {
        begin_leaving();
    }
    callbacks_.connected(*std::move(info));
    if (auto untrusted = machine_.take_untrusted(); !untrusted.empty()) {
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

void Connection::on_challenge(const Incoming& incoming) {
    const auto proof = machine_.state() == State::attempting
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
    machine_.on_goodbye(
        {Errc::shutting_down, std::string(incoming.text)}, incoming.reconnect, Clock::now()
    );
    begin_leaving();
}

void Connection::on_closing_error(Error error) {
    machine_.on_closing_error(std::move(error), Clock::now());
    begin_leaving();
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
    if (closing && !machine_.closes()) {
        begin_close();
    }
    state_.run_waits();
    pump();
    arm();
}

void Connection::on_timer() {
    const TimePoint now = Clock::now();
    state_.expire(now);
    report_work();
    carry_out(machine_.on_time(now));
    arm();
}

// --- steps -----------------------------------------------------------------------------------

void Connection::carry_out(const Step& step) {
    if (step.lost) {
        lost(*step.lost);
    }
    if (step.failed) {
        round_failed(*step.failed, step.rounds);
    }
    switch (step.kind) {
        case Step::Kind::none:
            break;
        case Step::Kind::open:
            open();
            break;
        case Step::Kind::open_other:
            open_other();
            break;
        case Step::Kind::disconnect:
            disconnect(step.reason);
            break;
        case Step::Kind::ping:
            send_ping();
            break;
        case Step::Kind::finish:
            finish(step.reason);
            break;
    }
}

void Connection::open() {
    const Endpoint& server = machine_.server();
    const auto owner = check_server(server, state_.options->credentials);
    if (!owner) {
        carry_out(machine_.on_refused(owner.error(), Clock::now()));
        return;
    }
    link_ = new_link(*owner);
    const auto link = link_;  // open() may fail at once, and replace it
    link->open(server.address);
}

void Connection::open_other() {
    link_ = new_link(std::nullopt);  // unix sockets have one address
    const auto link = link_;
    link->open(std::exchange(other_addresses_, {}));
}

// Returns a link to the current server.
std::shared_ptr<Link> Connection::new_link(std::optional<SocketOwner> owner) {
    sender_.begin();
    handshake_.begin();
    receiver_.begin();
    const Endpoint& server = machine_.server();
    const TlsOptions& tls = state_.options->tls;
    Link::Options options{.owner = owner, .time = state_.options->attempt_timeout};
    if (server.tls) {
        const std::string& name = tls.server_name;
        options.security = {tls_, name.empty() ? server.address.host : name, tls.key_pin};
    }
    return std::make_shared<Link>(io_, static_cast<Link::Handler&>(*this), std::move(options));
}

// Ends the link, and with it the connection or the attempt.
void Connection::disconnect(const Error& seen) {
    const auto link = std::exchange(link_, nullptr);
    link->close();
    other_addresses_ = link->take_others();
    receiver_.end();
    {
        const std::scoped_lock lock(state_.mutex);
        state_.phase = Phase::connecting;
        state_.write_running = false;
        state_.outcomes.clear();
        state_.buffer.rewind();
    }
    carry_out(machine_.on_end(seen, !other_addresses_.empty(), Clock::now()));
}

void Connection::send_ping() {
    {
        const std::scoped_lock lock(state_.mutex);
        append_ping(state_.last_frames(), 1);
    }
    pump();
}

// A thread that waits for `closed` joins this thread before it touches what is still used here.
void Connection::finish(const Error& reason) {
    if (const auto link = std::exchange(link_, nullptr)) {
        link->close();
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
        request.fail(error);
    }
    state_.run_waits();
    subscriptions_.forget();
    timer_.cancel();
    work_.reset();
    callbacks_.closed();
}

// --- the state that applications see ---------------------------------------------------------

// Returns the number of buffered messages over the server's frame limit.
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

// The running write is finished and the application's replies are sent; everything else waits for
// the next connection. The server's last replies are still received.
void Connection::begin_leaving() {
    receiver_.replies().watch([this] { state_.wake_now(); });
    const std::scoped_lock lock(state_.mutex);
    if (state_.phase == Phase::connected) {
        state_.phase = Phase::leaving;
        state_.buffer.begin_last();
    }
}

void Connection::begin_close() {
    receiver_.ignore_deliveries();
    {
        const std::scoped_lock lock(state_.mutex);
        if (state_.is_connected()) {
            state_.put_outcomes();
            append_goodbye(state_.buffer.pending());
        }
    }
    carry_out(machine_.on_close(Clock::now()));
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
        request.fail({Errc::disconnected, reason.text});
    }
    callbacks_.disconnected(reason);
}

void Connection::round_failed(const Error& failure, std::uint32_t rounds) {
    bool was_connected = false;
    {
        const std::scoped_lock lock(state_.mutex);
        state_.failed_rounds = rounds;
        was_connected = state_.counters.connects != 0;
        state_.last_failure = failure;
        state_.notify_changed();
    }
    if (failure.code == Errc::not_authenticated && was_connected) {
        callbacks_.error(failure);  // no call waits for it
    }
}

// --- output and time -------------------------------------------------------------------------

void Connection::pump() {
    if (const auto link = link_) {
        report_work();
        sender_.pump(*link, machine_.ends());
    }
}

// Of interest while a server leaves.
void Connection::report_work() {
    if (!machine_.server_leaves()) {
        return;
    }
    bool busy = !receiver_.replies().empty();
    {
        const std::scoped_lock lock(state_.mutex);
        busy |= state_.requests.size() != 0;
    }
    machine_.on_work(busy, Clock::now());
}

void Connection::arm() {
    report_work();
    std::optional<TimePoint> next = machine_.next_time();
    {
        const std::scoped_lock lock(state_.mutex);
        if (state_.phase == Phase::closed) {
            return;
        }
        next = earlier(next, state_.next_deadline());
    }
    timer_.arm(next);
}

}  // namespace telex::client
