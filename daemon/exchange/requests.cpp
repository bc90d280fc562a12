#include "exchange/requests.hpp"

#include "base/time.hpp"
#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"

#include <map>
#include <string>
#include <utility>

namespace telex::exchange {

namespace {

// Precision of time-outs.
constexpr std::chrono::milliseconds kTimeoutGrain{20};
// Not worth a slice: the places of a client with no more requests are freed at once.
constexpr std::size_t kAtOnce = 64;

// Returns null if the client has left.
ClientRecord* client_of(const router::ReplyTable::Pending& pending) {
    return static_cast<ClientRecord*>(pending.requester->owner);
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

Requests::~Requests() {
    reactor_.forget(expiry_);
    reactor_.forget(failing_);
    reactor_.forget(freeing_);
}

std::optional<router::ReplySubject> Requests::open(
    ClientRecord& from, std::uint64_t request_id, std::chrono::milliseconds timeout
) {
    if (!from.requester_) {
        from.requester_ = std::make_unique<router::Requester>();
        from.requester_->owner = &from;
    }
    router::Requester& requester = *from.requester_;
    if (replies_.is_full()) {
        if (const auto displaced = replies_.displace_for(requester)) {
            fail(*displaced, v1::TOO_MANY_REQUESTS);
        }
    }
    const auto now = reactor_.now();
    auto subject = replies_.open(requester, request_id, now, now + timeout);
    if (subject) {
        watch_deadlines();
    } else {
        fail(from, request_id, v1::TOO_MANY_REQUESTS);
    }
    return subject;
}

void Requests::reply(ClientRecord& from, const RoutedMessage& routed) {
    settle(from, routed.subject);
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

void Requests::expect_reply(ClientRecord& responder, std::string_view reply_to) {
    const auto address = router::parse_reply_subject(reply_to);
    if (address && responder.pending_replies_.add(*address)) {
        charge(1, ClientRecord::kPendingReplyMemory);
    }
}

void Requests::settle(ClientRecord& responder, std::string_view reply_to) {
    if (responder.pending_replies_.size() == 0) {
        return;
    }
    const auto address = router::parse_reply_subject(reply_to);
    if (address && responder.pending_replies_.remove(*address)) {
        release(1, ClientRecord::kPendingReplyMemory);
    }
}

void Requests::abandon(ClientRecord& responder) {
    release(responder.pending_replies_.size(), ClientRecord::kPendingReplyMemory);
    abandon(responder.pending_replies_.take_all());
}

void Requests::abandon(std::string_view reply_to) {
    if (const auto address = router::parse_reply_subject(reply_to)) {
        abandon(std::vector{*address});
    }
}

void Requests::abandon(const std::vector<router::ReplyAddress>& requests) {
    std::map<router::ReactorIndex, std::vector<router::ReplyAddress>> by_reactor;
    for (const router::ReplyAddress& request : requests) {
        by_reactor[request.reactor].push_back(request);
    }
    for (auto& [reactor, requests_there] : by_reactor) {
        if (reactor == reactor_.index()) {
            take_abandoned(requests_there);
        } else {
            Shard& home = exchange_.shard(reactor);
            home.reactor().post([&home, there = std::move(requests_there)] {
                home.requests().take_abandoned(there);
            });
        }
    }
}

// Not failed at once: the caller may be routing a message.
void Requests::take_abandoned(const std::vector<router::ReplyAddress>& requests) {
    abandoned_.insert(abandoned_.end(), requests.begin(), requests.end());
    reactor_.run_again(failing_);
}

void Requests::fail_abandoned() {
    while (!abandoned_.empty()) {
        if (reactor_.work().slice_is_over()) {
            reactor_.run_again(failing_);
            return;
        }
        const auto pending = replies_.take(abandoned_.back());
        abandoned_.pop_back();
        if (pending) {
            fail(*pending, v1::RESPONDER_GONE);
        }
    }
    abandoned_.shrink_to_fit();
}

void Requests::take_reply(const RoutedMessage& routed) {
    const auto address = router::parse_reply_subject(routed.subject);
    const auto pending = address ? replies_.take(*address) : std::nullopt;
    ClientRecord* const client = pending ? client_of(*pending) : nullptr;
    if (client == nullptr) {
        ledger_.drop_unowned(DropReason::late_answer, routed.message);
        return;
    }
    ledger_.counters().request_durations.add(reactor_.now() - pending->opened);
    complete(*client, pending->request_id, {0, routed.message, {}, routed.owner});
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
        event.set_payload_bytes(reply.message.payload.size());
        ledger_.tracer().request_ended(
            v1::TraceEvent::ANSWERED, client, request_id, std::move(event)
        );
    }
}

void Requests::fail(const router::ReplyTable::Pending& pending, v1::ErrorCode code) {
    if (ClientRecord* const client = client_of(pending); client != nullptr) {
        fail(*client, pending.request_id, code);
    }
}

void Requests::fail(ClientRecord& client, std::uint64_t request_id, v1::ErrorCode code) {
    reactor_.work().add(reactor::work::kFailure);
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

void Requests::refuse(std::string_view reply_to, v1::ErrorCode code) {
    const auto address = router::parse_reply_subject(reply_to);
    if (const auto pending = address ? replies_.take(*address) : std::nullopt) {
        fail(*pending, code);
    }
}

void Requests::expect_targets(std::string_view reply_to, std::size_t targets) {
    if (const auto address = router::parse_reply_subject(reply_to)) {
        replies_.set_targets(*address, targets);
    }
}

void Requests::add_targets(std::string_view reply_to, std::size_t targets) {
    if (const auto address = router::parse_reply_subject(reply_to)) {
        replies_.add_targets(*address, targets);
    }
}

void Requests::note_absence(std::string_view reply_to) {
    const auto address = router::parse_reply_subject(reply_to);
    if (!address) {
        return;
    }
    if (address->reactor != reactor_.index()) {
        Shard& home = exchange_.shard(address->reactor);
        home.reactor().post([&home, subject = std::string(reply_to)] {
            home.requests().note_absence(subject);
        });
        return;
    }
    if (const auto pending = replies_.take_if_last(*address)) {
        fail(*pending, v1::NO_RESPONDERS);
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
        if (!error) {
            reactor_.run_again(expiry_);
        }
    });
}

// A hundred thousand requests may end at the same time.
void Requests::expire() {
    while (const auto pending = replies_.take_expired(reactor_.now())) {
        fail(*pending, v1::TIMEOUT);
        if (reactor_.work().slice_is_over()) {
            reactor_.run_again(expiry_);
            return;
        }
    }
    deadline_timer_armed_ = false;
    if (replies_.pending() > 0) {
        watch_deadlines();
    }
}

void Requests::close(ClientRecord& client) {
    abandon(client);
    release(client.open_requests_);
    client.open_requests_ = 0;
    if (!client.requester_) {
        return;
    }
    if (client.requester_->pending <= kAtOnce) {
        replies_.close(*client.requester_);
        return;
    }
    client.requester_->owner = nullptr;
    orphans_.push_back(std::move(client.requester_));
    reactor_.run_again(freeing_);
}

void Requests::free_places() {
    for (; !orphans_.empty(); orphans_.pop_back()) {
        router::Requester& requester = *orphans_.back();
        while (requester.pending > 0) {
            if (reactor_.work().slice_is_over()) {
                reactor_.run_again(freeing_);
                return;
            }
            replies_.close_one(requester);
            reactor_.work().add(reactor::work::kPlace);
        }
    }
}

}  // namespace telex::exchange
