#include "exchange/requests.hpp"

#include "base/time.hpp"
#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"

#include <string>
#include <utility>

namespace telex::exchange {

namespace {

// Precision of time-outs.
constexpr std::chrono::milliseconds kTimeoutGrain{20};

ClientRecord& client_of(const router::ReplyTable::Pending& pending) {
    return *static_cast<ClientRecord*>(pending.requester->owner);
}

}  // namespace

Requests::Requests(
    Exchange& exchange,
    reactor::Reactor& reactor,
    Ledger& ledger,
    Forwarding& forwarding,
    BudgetAccount& account
)
    : exchange_(exchange),
      reactor_(reactor),
      ledger_(ledger),
      forwarding_(forwarding),
      account_(account),
      replies_(
          reactor.index(), exchange.options().max_open_requests, [this] { return secrets_.next(); }
      ),
      deadline_timer_(reactor.io()) {}

std::optional<router::ReplySubject> Requests::open(
    ClientRecord& from, std::uint64_t request_id, std::chrono::milliseconds timeout
) {
    if (replies_.is_full()) {
        if (const auto displaced = replies_.displace_for(from.requester_)) {
            fail(client_of(*displaced), displaced->request_id, v1::TOO_MANY_REQUESTS);
        }
    }
    const auto now = reactor_.now();
    auto subject = replies_.open(from.requester_, request_id, now, now + timeout);
    if (subject) {
        watch_deadlines();
    } else {
        fail(from, request_id, v1::TOO_MANY_REQUESTS);
    }
    return subject;
}

void Requests::reply(const RoutedMessage& routed) {
    const auto address = router::parse_reply_subject(routed.subject);
    if (!address || address->reactor >= exchange_.shard_count()) {
        ledger_.drop_unowned(DropReason::late_answer, routed.message);
        return;
    }
    if (address->reactor == reactor_.index()) {
        take_reply(routed);
        return;
    }
    ForwardedMessage& item = forwarding_.batch_for(address->reactor)
                                 .add(routed.message, routed.owner, {}, routed.subject);
    item.kind = ForwardedMessage::Kind::reply;
    item.confirmation = routed.confirmation;
    ++ledger_.counters().handed_over_messages;
    forwarding_.send_if_full(address->reactor);
}

void Requests::take_reply(const RoutedMessage& routed) {
    const auto address = router::parse_reply_subject(routed.subject);
    const auto pending = address ? replies_.take(*address) : std::nullopt;
    if (!pending) {
        ledger_.drop_unowned(DropReason::late_answer, routed.message);
        return;
    }
    ledger_.counters().request_durations.add(reactor_.now() - pending->opened);
    complete(client_of(*pending), pending->request_id, {0, routed.message, {}, routed.owner});
}

void Requests::complete(
    ClientRecord& client, std::uint64_t request_id, const broker::Delivery& reply
) {
    end(client);
    ledger_.route(client);
    if (const auto sent = client.client().on_reply(request_id, reply); !sent) {
        ledger_.drop_reply(client, request_id, reply.message, sent.error());
        return;
    }
    ledger_.deliver(client);
    if (!ledger_.tracer().idle()) {
        v1::TraceEvent event;
        event.set_bytes(reply.message.body.size());
        ledger_.tracer().request_ended(
            v1::TraceEvent::ANSWERED, client, request_id, std::move(event)
        );
    }
}

void Requests::fail(ClientRecord& client, std::uint64_t request_id, v1::ErrorCode code) {
    end(client);
    ledger_.counters().refuse(code);
    if (!ledger_.tracer().idle()) {
        v1::TraceEvent event;
        event.set_detail(v1::ErrorCode_Name(code));
        ledger_.tracer().request_ended(
            v1::TraceEvent::FAILED, client, request_id, std::move(event)
        );
    }
    client.client().on_request_failed(request_id, code);
}

void Requests::no_responders(std::string_view reply_to) {
    const auto address = router::parse_reply_subject(reply_to);
    if (!address) {
        return;
    }
    if (address->reactor != reactor_.index()) {
        Shard& home = exchange_.shard(address->reactor);
        home.reactor().post([&home, subject = std::string(reply_to)] {
            home.requests().no_responders(subject);
        });
        return;
    }
    if (const auto pending = replies_.take(*address)) {
        fail(client_of(*pending), pending->request_id, v1::NO_RESPONDERS);
    }
}

// The timer runs only while there are requests.
void Requests::watch_deadlines() {
    if (deadline_timer_armed_) {
        return;
    }
    deadline_timer_armed_ = true;
    deadline_timer_.expires_after(kTimeoutGrain);
    deadline_timer_.async_wait([this](const asio::error_code& error) {
        deadline_timer_armed_ = false;
        if (error) {
            return;
        }
        replies_.expire(Clock::now(), [this](const auto& pending) {
            fail(client_of(pending), pending.request_id, v1::TIMEOUT);
        });
        if (replies_.pending() > 0) {
            watch_deadlines();
        }
    });
}

}  // namespace telex::exchange
