// Shard: requests and their answers.
//
// A request gets an entry in the reply table of its own reactor; the entry's subject names that
// reactor, so an answer finds its way from any reactor without routing. The entry ends with the
// answer, with the time-out, with "no responders", or with the requester.
#include "exchange/builtin_responders.hpp"
#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"

namespace telex::exchange {

namespace {

// How exactly time-outs are kept.
constexpr std::chrono::milliseconds kTimeoutGrain{20};

ClientRecord& member_of(const router::ReplyTable::Pending& pending) {
    return *static_cast<ClientRecord*>(pending.requester->owner);
}

}  // namespace

void Shard::request(
    ClientRecord& from,
    const broker::Publication& publication,
    std::uint64_t request_id,
    std::chrono::milliseconds timeout
) {
    ++counters_.received_messages;
    ++from.open_requests_;
    const TraceSet traces =
        tracer_.idle()
            ? TraceSet{0}
            : tracer_.published(v1::TraceEvent::REQUESTED, from, publication.message, request_id);
    if (is_builtin_subject(publication.message.subject)) {
        answer_builtin(*this, from, publication.message, request_id);
        return;
    }
    top_subjects_.count(publication.message.subject, reactor_.turns());
    const auto now = reactor_.now();
    const auto subject = replies_.open(from.requester_, request_id, now, now + timeout);
    if (!subject) {
        fail(from, request_id, v1::TOO_MANY_REQUESTS);
        return;
    }
    watch_deadlines();
    const access::AccountId account =
        accounts_ ? accounts_->answering(from.account(), publication.message.subject)
                  : from.account();
    const bool somebody = spread(
        {publication.message,
         publication.owner,
         publication.message.subject,
         subject->view(),
         from.id(),
         account,
         traces}
    );
    finish_routing();
    if (!somebody) {
        ++counters_.unrouted_messages;
        no_responders(subject->view());
    }
}

// A client replied to a request.
void Shard::answer(const Transit& transit) {
    const auto address = router::parse_reply_subject(transit.subject);
    if (!address || address->reactor >= exchange_.shard_count()) {
        drop_unowned(DropReason::late_answer, transit.message);
        return;
    }
    if (address->reactor == reactor_.index()) {
        take_answer(transit);
        return;
    }
    HandOver& item =
        batch_for(address->reactor).add(transit.message, transit.owner, {}, transit.subject);
    item.kind = HandOver::Kind::answer;
    item.confirmation = transit.confirmation;
    ++counters_.handed_over_messages;
    send_if_full(address->reactor);
}

void Shard::take_answer(const Transit& transit) {
    const auto address = router::parse_reply_subject(transit.subject);
    const auto pending = address ? replies_.take(*address) : std::nullopt;
    if (!pending) {
        drop_unowned(DropReason::late_answer, transit.message);
        return;
    }
    counters_.request_durations.add(reactor_.now() - pending->opened);
    complete(member_of(*pending), pending->request_id, {0, transit.message, {}, transit.owner});
}

void Shard::complete(
    ClientRecord& member, std::uint64_t request_id, const broker::Delivery& delivery
) {
    --member.open_requests_;
    if (const auto sent = member.client().on_reply(request_id, delivery); !sent) {
        drop_answer(member, request_id, delivery.message, sent.error());
        return;
    }
    ++accepted_;
    ++counters_.delivered_messages;
    if (!tracer_.idle()) {
        v1::TraceEvent event;
        event.set_bytes(delivery.message.body.size());
        tracer_.request_ended(v1::TraceEvent::ANSWERED, member, request_id, std::move(event));
    }
}

void Shard::fail(ClientRecord& member, std::uint64_t request_id, v1::ErrorCode code) {
    --member.open_requests_;
    counters_.refuse(code);
    if (!tracer_.idle()) {
        v1::TraceEvent event;
        event.set_detail(v1::ErrorCode_Name(code));
        tracer_.request_ended(v1::TraceEvent::FAILED, member, request_id, std::move(event));
    }
    member.client().on_request_failed(request_id, code);
}

void Shard::no_responders(std::string_view reply_to) {
    const auto address = router::parse_reply_subject(reply_to);
    if (!address) {
        return;
    }
    if (address->reactor != reactor_.index()) {
        Shard& home = exchange_.shard(address->reactor);
        home.reactor_.post([&home, subject = std::string(reply_to)] { home.no_responders(subject); }
        );
        return;
    }
    if (const auto pending = replies_.take(*address)) {
        fail(member_of(*pending), pending->request_id, v1::NO_RESPONDERS);
    }
}

// The timer runs only while there are requests.
void Shard::watch_deadlines() {
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
        replies_.expire(std::chrono::steady_clock::now(), [this](const auto& pending) {
            fail(member_of(pending), pending.request_id, v1::TIMEOUT);
        });
        if (replies_.pending() > 0) {
            watch_deadlines();
        }
    });
}

}  // namespace telex::exchange
