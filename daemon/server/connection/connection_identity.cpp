// Connection: what depends on who its peer is: whether it is taken at all, and what it may take.
#include "server/connection/connection.hpp"
#include "server/connection/connection_table.hpp"
#include "server/listener/ownership.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace telex::server {

namespace {

// What may wait for each connection of a user that is over its limit, so that all of them go on.
constexpr std::size_t kPendingOverUserLimit = 64U << 10U;

}  // namespace

// --- beginning ----------------------------------------------------------------------------------

void Connection::open() {
    broker_.join();
    joined_ = true;
    const access::Verdict verdict = recognise_peer();
    open_session(false);
    limit_input();
    if (verdict == access::Verdict::known) {
        find_place();
    }
    if (!has_place_) {
        turn_away(
            v1::TOO_MANY_CONNECTIONS,
            session::CloseReason::too_many_connections,
            "the listener's limit of connections is reached"
        );
    } else if (input_limited_ && !is_stranger_) {
        turn_away(
            v1::TOO_MANY_CONNECTIONS,
            session::CloseReason::too_many_connections,
            "too many connections, of this network or altogether, have not introduced themselves"
        );
    } else if (verdict == access::Verdict::known || can_say_who_it_is()) {
        may_come_in_ = true;
        session_->start();
        if (!input_limited_ && state_ == State::open) {
            let_in();
        }
    } else {
        refuse_stranger(verdict);
    }
    watch_until(next_deadline());
}

void Connection::find_place() {
    if (!settings_->protocol().may_be_silent) {
        return;
    }
    const session::TimePoint now = shard_.reactor().now();
    has_place_ = has_place_ || listener_.displace(now);
    if (!has_place_) {
        return;
    }
    if (std::exchange(has_standing_room_, false)) {
        listener_.give_standing_room();
    }
    auto leave = [&reactor = shard_.reactor(), &table = table_, this, number = number_] {
        reactor.post([&table, this, number] { table.displace(this, number); });
    };
    seat_ = std::make_unique<Seat>(std::move(leave), now);
    listener_.sit_down(*seat_);
}

void Connection::note_activity() {
    if (seat_) {
        seat_->note(std::max(last_received_, last_written_), pending_requests() > 0);
    }
}

void Connection::displaced() {
    if (state_ == State::open) {
        const auto silence = std::chrono::duration_cast<std::chrono::seconds>(
            shard_.reactor().now() - std::max(last_received_, last_written_)
        );
        close(
            session::CloseReason::displaced,
            fmt::format(
                "the listener is full, and this connection was silent for longest: {} s",
                silence.count()
            )
        );
    }
}

access::Verdict Connection::recognise_peer() {
    if (!listener_.users()) {
        return identify({});
    }
    const std::string certificate = stream_->certificate_name();
    const auto credentials = net::credentials_of(stream_->descriptor());
    return identify(
        {.certificate = certificate,
         .uid = credentials ? &credentials->uid : nullptr,
         .gids = net::groups_of(stream_->descriptor())}
    );
}

bool Connection::owns_daemon() const {
    const auto credentials = net::credentials_of(stream_->descriptor());
    return credentials && server::owns_daemon(*credentials);
}

bool Connection::can_say_who_it_is() const {
    const access::UsersPtr users = listener_.users();
    return settings_->protocol().has_hello && users && users->take_credentials();
}

void Connection::refuse_stranger(access::Verdict verdict) {
    if (verdict == access::Verdict::too_many) {
        turn_away(
            v1::TOO_MANY_CONNECTIONS,
            session::CloseReason::too_many_connections,
            "the user has as many connections as it may"
        );
    } else {
        turn_away(
            v1::NOT_AUTHENTICATED,
            session::CloseReason::not_authenticated,
            "this listener takes users only, and the peer is recognised as none"
        );
    }
}

void Connection::dismiss_stranger() {
    if (std::exchange(is_stranger_, false)) {
        listener_.dismiss_stranger(network_);
    }
}

bool Connection::secrets_are_safe() const {
    return !security_.empty() || peer_.transport != "tcp" || net::is_loopback(peer_.host) ||
           settings_->options().plaintext_secrets;
}

void Connection::after_authentication() {
    if (state_ == State::open) {
        limit_input();
    }
}

void Connection::review() {
    if (state_ == State::open && !review_user()) {
        refuse_and_close(
            {.code = v1::NOT_AUTHENTICATED,
             .text = "the configuration has changed: this is no user any more",
             .closing = true},
            session::CloseReason::not_authenticated
        );
    }
}

// --- what the user may take ---------------------------------------------------------------------

void Connection::charge_user(std::size_t bytes) {
    const bool limited = user_ != nullptr && user_->limits.max_pending_bytes;
    const auto add = [](access::Usage& usage, std::size_t more, std::size_t less) {
        const auto difference = static_cast<std::int64_t>(more) - static_cast<std::int64_t>(less);
        return usage.pending_bytes.fetch_add(difference, std::memory_order_relaxed) + difference;
    };
    if (charged_user_ && (!limited || charged_user_ != user_->usage)) {
        add(*charged_user_, 0, charged_);
        charged_user_ = nullptr;
    }
    const std::size_t usual = settings_->options().slow_consumer.max_pending_bytes;
    pending_limit_ = usual;
    if (limited) {
        const std::int64_t all = add(*user_->usage, bytes, charged_user_ ? charged_ : 0);
        charged_user_ = user_->usage;
        if (all > static_cast<std::int64_t>(*user_->limits.max_pending_bytes)) {
            pending_limit_ = std::min(usual, kPendingOverUserLimit);
        }
    }
}

void Connection::bill(std::uint64_t frames, std::size_t bytes) {
    if (user_ == nullptr || !user_->limits.limits_rate()) {
        return;
    }
    const access::UserLimits& limits = user_->limits;
    const session::TimePoint now = shard_.reactor().now();
    std::chrono::nanoseconds wait{0};
    if (limits.frames_per_second) {
        wait = user_->usage->frames.draw(frames, *limits.frames_per_second, now);
    }
    if (limits.bytes_per_second) {
        wait = std::max(wait, user_->usage->bytes.draw(bytes, *limits.bytes_per_second, now));
    }
    if (wait > std::chrono::nanoseconds(0)) {
        throttled_until_ = now + wait;
        ++shard_.counters().throttled_reads;
    }
}

}  // namespace telex::server
