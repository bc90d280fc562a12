#include "server/connection/connection.hpp"

#include "server/connection/connection_table.hpp"
#include "server/connection/peer_identity.hpp"

#include <fmt/format.h>

#include <utility>

namespace telex::server {

Connection::Connection(
    exchange::Shard& shard,
    ReactorBuffers& buffers,
    ConnectionTable& table,
    ListenerSettingsPtr settings,
    ListenerSlot slot,
    ClientPeer peer,
    std::unique_ptr<ByteStream> stream
)
    : ReceivingClient(
          shard,
          buffers,
          table,
          std::move(settings),
          std::move(slot),
          std::move(peer),
          std::move(stream)
      ),
      opened_(reactor().now()) {}

Connection::~Connection() {
    if (lifecycle_.has_session()) {
        leave_exchange();
    }
    reactor().forget(limit_work());
    table_.timers().forget(limit_work());
    table_.handshakes().forget(*this);
}

// --- beginning -----------------------------------------------------------------------------------

bool Connection::start(const std::optional<Rejection>& rejection) {
    if (!reactor().poller().add(stream_->descriptor(), *this)) {
        return false;
    }
    slot_.take();
    ++shard().counters().connections_total;
    if (stream_->established()) {
        open(rejection);
        return true;
    }
    lifecycle_.begin_handshake(opened_ + settings_->handshake_timeout());
    recharge();
    if (rejection) {
        lifecycle_.set_detail(std::string(rejection->text));
        reject(rejection->code, rejection->reason, {});
    } else if (slot_.is_in_pre_auth() && (slot_.has_slot() || slot_.take_reject_slot())) {
        begin_handshake();
    } else {
        reject(v1::TOO_MANY_CONNECTIONS, session::CloseReason::too_many_connections, {});
    }
    watch_until(time_limits().next());
    return true;
}

// A WebSocket begins with TLS, then HTTP: the session comes after them.
void Connection::begin_handshake() {
    if (!settings_->options().websocket) {
        stream_->start_in_plain(authentication_.while_anonymous(slot_, [this] {
            open_session(false);
            return session_->before_tls();
        }));
    }
    table_.handshakes().add(*this);
}

void Connection::on_ready(std::uint32_t events) {
    if (lifecycle_.is(Phase::handshake)) {
        table_.handshakes().add(*this);
    } else {
        stream_ready(events);
    }
}

void Connection::run_handshake_step() {
    add_work(settings_->tls_context() ? reactor::work::kHandshake : reactor::work::kRead);
    const IoResult result = stream_->handshake();
    switch (result.status) {
        case IoStatus::wait_read:
        case IoStatus::wait_write:
            return;
        case IoStatus::done:
            if (std::string security = stream_->security(); !security.empty()) {
                names().security = std::move(security);
            }
            if (settings_->options().websocket) {
                ++shard().counters().upgrades;
            }
            open(std::nullopt);
            recharge();
            read_again();  // what came with the end of the handshake
            return;
        default:
            fail_handshake();
    }
}

void Connection::fail_handshake() {
    if (end_upgrade()) {
        return;
    }
    const StreamFailure failure = stream_->failure();
    if (failure.other_protocol) {
        count_refusal(v1::WRONG_PROTOCOL);
    }
    lifecycle_.set_detail(
        (failure.other_protocol ? "the peer does not speak TLS: " : "") + failure.text
    );
    end(failure.other_protocol ? session::CloseReason::wrong_protocol
                               : session::CloseReason::tls_failed);
}

bool Connection::end_upgrade() {
    const StreamFailure failure = stream_->failure();
    if (failure.upgrade) {
        shard().counters().refuse(*failure.upgrade);
        lifecycle_.set_detail(failure.text);
        end(session::CloseReason::upgrade_refused);
    }
    return failure.upgrade.has_value();
}

void Connection::open(std::optional<Rejection> rejection) {
    broker_.join();
    lifecycle_.begin_session();
    const access::AuthResult result = identify_peer();
    if (!session_) {
        open_session(false);
    }
    if (result == access::AuthResult::authenticated && settings_->protocol().can.may_be_silent) {
        share_slot();
    }
    if (!rejection) {
        rejection = check_entry(
            {.has_slot = slot_.has_slot(),
             .needs_pre_auth = session_->frame_limit() != SIZE_MAX,
             .is_in_pre_auth = slot_.is_in_pre_auth(),
             .result = result,
             .can_authenticate = can_authenticate()}
        );
    }
    if (rejection) {
        reject(rejection->code, rejection->reason, rejection->text);
    } else {
        session_->start();
        leave_pre_auth();
    }
    watch_until(time_limits().next());
}

void Connection::share_slot() {
    auto leave = [&reactor = shard().reactor(), &table = table_, this, number = number()] {
        reactor.post([&table, this, number] { table.displace(this, number); });
    };
    slot_.share(std::move(leave), reactor().now());
}

access::AuthResult Connection::identify_peer() {
    return slot_.users() ? identify(identity_of(*stream_), owns_daemon()) : identify({}, false);
}

bool Connection::can_authenticate() const {
    const access::UsersPtr users = slot_.users();
    return settings_->protocol().can.has_hello && users && users->take_credentials();
}

Authentication::Channel Connection::channel() const {
    const bool is_local =
        stream_->forwarding() != Forwarding::unnamed &&
        (peer_.transport != net::Transport::tcp || net::is_loopback(peer_.host()));
    const bool is_private =
        !security().empty() || is_local || settings_->options().plaintext_secrets;
    return {.secrets_are_safe = is_private, .binding = stream_->channel_binding()};
}

void Connection::leave_pre_auth() {
    if (!lifecycle_.is(Phase::pre_auth)) {
        return;
    }
    const std::size_t limit = session_->frame_limit();
    reader_.limit_payload(limit);
    if (limit == SIZE_MAX) {
        lifecycle_.authenticated();
        slot_.leave_pre_auth();
        events_.connected(source());
    }
}

bool Connection::reauthorize() {
    if (!lifecycle_.is_live()) {
        return false;
    }
    const Reauthorized result = reauthorize_user();
    if (result == Reauthorized::refused) {
        refuse_and_close(
            {.code = v1::NOT_AUTHENTICATED,
             .text = "user removed by a configuration reload",
             .closing = true},
            session::CloseReason::not_authenticated
        );
    }
    return result == Reauthorized::changed;
}

// --- end -----------------------------------------------------------------------------------------

void Connection::on_end() {
    reactor().poller().remove(stream_->descriptor(), *this);
    stop_receiving();
    v1::ConnectionInfo closed = describe_closed(facts(), lifecycle_);
    events_.disconnected(source(), closed);
    if (!is_check(facts(), lifecycle_, *stream_)) {
        table_.remember(std::move(closed));
    }
    table_.timers().forget(limit_work());
    table_.handshakes().forget(*this);
    table_.remove(*this);
}

void Connection::begin_drain() {
    if (lifecycle_.is(Phase::handshake)) {
        abort(session::CloseReason::shutting_down);
        return;
    }
    // Without words the session can only end.
    if (lifecycle_.is_live()) {
        goodbye_is_due_ = has_input_left() && !settings_->protocol().can.has_hello;
        if (!goodbye_is_due_) {
            session_->on_drain();
        }
    }
}

void Connection::drain_quiet(std::chrono::milliseconds quiet, bool work_is_open) {
    if (goodbye_is_due_ && lifecycle_.is_live() && !has_held_input()) {
        goodbye_is_due_ = false;
        session_->on_drain();
    }
    const bool may_be_needed = work_is_open && subscription_count() > 0;
    const bool busy =
        !send_queue_.empty() || has_open_work() || may_be_needed || now() - last_activity() < quiet;
    if (!busy) {
        close(session::CloseReason::shutting_down, "drained");
    }
}

void Connection::displaced() {
    const auto silence = std::chrono::duration_cast<std::chrono::seconds>(now() - last_activity());
    close(
        session::CloseReason::displaced,
        fmt::format(
            "the listener is full; this connection was silent for the longest time: {} s",
            silence.count()
        )
    );
}

// --- for operators -------------------------------------------------------------------------------

ConnectionFacts Connection::facts() const {
    return {
        .number = number(),
        .listener = listener_name(),
        .peer = &peer_.address,
        .protocol = settings_->options().protocol,
        .user = user(),
        .client_name = client_name(),
        .security = security(),
        .reactor = reactor().index(),
        .opened = opened_,
        .last_active = last_activity(),
        .now = now(),
        .frames_in = reader_.frames(),
        .bytes_in = reader_.bytes(),
        .frames_out = frames_out_,
        .bytes_out = bytes_out_,
        .bytes_in_per_second = rates_.received(),
        .bytes_out_per_second = rates_.sent(),
        .pending_bytes = pending_bytes(),
        .subscriptions = subscription_count(),
        .pending_requests = pending_requests(),
        .books = broker_.record().books(),
        .drops = broker_.record().drops(),
        .paused_publishers = slow_consumer_.policy().paused_publishers(),
    };
}

broker::ClientLabel Connection::label() const {
    broker::ClientLabel label{
        .connection = number(), .listener = listener_name(), .peer = peer_.text()
    };
    if (const auto credentials = credentials_of(*stream_)) {
        const net::Peer unnamed{net::UnixUnnamedPeer{}, credentials};
        if (label.peer == net::to_string(unnamed)) {
            label.peer = "unix";  // the credentials are fields
        }
        label.uid = credentials->uid;
        label.pid = credentials->pid;
    }
    if (user() != nullptr) {
        label.user = user()->name;
    }
    return label;
}

// --- time limits ---------------------------------------------------------------------------------

void Connection::on_tick() {
    rates_.sample(now(), reader_.bytes(), bytes_out_);
    if (lifecycle_.is_live()) {
        reader_.shrink();
        publisher_queue_.shrink();
        recharge_input();
    }
    check_limits();
}

TimeLimits Connection::time_limits() const {
    TimeLimits limits;
    limits.set(TimeLimits::Limit::phase, lifecycle_.deadline());
    if (lifecycle_.is_live()) {
        limits.set(TimeLimits::Limit::session, session_->next_deadline());
        slow_consumer_.add_limits(send_queue_, limits);
        if (const auto began = reader_.partial_since()) {
            limits.set(TimeLimits::Limit::frame, frame_end(*began));
        }
    }
    return limits;
}

void Connection::check_limits() {
    const TimePoint now = reactor().now();
    if (lifecycle_.is_live()) {
        check_live(now);
    } else if (time_limits().is_due(TimeLimits::Limit::phase, now)) {
        if (lifecycle_.is(Phase::handshake)) {
            if (end_upgrade()) {
                return;
            }
            lifecycle_.set_detail("the handshake timed out");
        } else if (lifecycle_.is(Phase::flushing)) {
            lifecycle_.set_detail(
                std::string(lifecycle_.detail()) + "; the peer did not read the rest"
            );
        }
        end(session::CloseReason::tls_failed);  // of a handshake; later its reason is known
    }
    watch_until(time_limits().next());
}

void Connection::check_live(TimePoint now) {
    observe_progress(now);
    if (reader_.partial_since() && holds_input_back(now)) {
        reader_.restart_partial(now);  // what it has sent meanwhile was not read
    }
    if (time_limits().is_due(TimeLimits::Limit::block, now)) {
        log_expired_block(label(), facts(), slow_consumer_.policy().blocked_for(now));
        slow_consumer_.expire_block(parts());
    }
    const TimeLimits limits = time_limits();
    if (limits.is_due(TimeLimits::Limit::backlog, now) &&
        !slow_consumer_.drop_old_backlog(parts(), now)) {
        disconnect_slow_consumer(0);
    }
    if (limits.is_due(TimeLimits::Limit::frame, now)) {
        refuse_and_close(
            {.code = v1::IDLE_TIMEOUT, .text = "timed out within a frame", .closing = true},
            session::CloseReason::idle_timeout
        );
    }
    if (lifecycle_.is_live()) {
        session_->on_tick();
    }
}

void Connection::watch_until(TimePoint end) {
    if (const auto time = limit_timer_.watch(end, now())) {
        table_.timers().run_at(*time, limit_work());
    }
}

void Connection::limit_turn() {
    limit_timer_.expired();
    check_limits();
}

}  // namespace telex::server
