#include "exchange/stream_capture.hpp"

#include "base/short_bytes.hpp"
#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"
#include "wire/errors.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

namespace telex::exchange {

namespace {

// Bytes under way to the storage, unless the memory budget is small.
constexpr std::size_t kMostUnderWay = 8U << 20U;
constexpr std::size_t kLeastUnderWay = 64U << 10U;
// A batch of this size is sent before the turn ends, so that the storage works meanwhile.
constexpr std::size_t kFullBatchOfOffers = 256U << 10U;
constexpr std::size_t kSpareOfferBatches = 4;
// A storage that does not decide must not take more than this part of the budget.
constexpr std::size_t kPartOfBudget = 8;

// Messages of a run that are routed together.
constexpr std::size_t kLongestRun = 64;

// Requires a message with a subject and a payload, and nothing else.
wire::PlainMessage plain(const wire::MessageView& message) {
    const auto place_of = [&](std::string_view part, std::size_t otherwise) {
        return static_cast<std::uint32_t>(
            part.empty() ? otherwise : static_cast<std::size_t>(part.data() - message.body.data())
        );
    };
    return {
        message.body, place_of(message.subject, 0), place_of(message.payload, message.body.size())
    };
}

std::size_t window_of(Exchange& exchange, std::size_t shards) {
    const std::size_t part = exchange.options().memory_budget_bytes / kPartOfBudget / shards;
    return std::clamp(part, kLeastUnderWay, kMostUnderWay);
}

}  // namespace

StreamCapture::StreamCapture(
    Exchange& exchange,
    Shard& shard,
    reactor::Reactor& reactor,
    BudgetAccount& account,
    std::size_t shards
)
    : exchange_(exchange),
      shard_(shard),
      reactor_(reactor),
      map_(exchange.seed()),
      window_(reactor, account, window_of(exchange, shards)) {}

StreamCapture::~StreamCapture() {
    reactor_.forget(work_);
}

// --- messages in --------------------------------------------------------------------------------

CaptureBatch& StreamCapture::open_batch() {
    if (!batch_) {
        if (spare_.empty()) {
            batch_ = std::make_unique<CaptureBatch>();
        } else {
            batch_ = std::move(spare_.back());
            spare_.pop_back();
        }
        batch_->begin(reactor_.index(), ++last_number_, map_.table());
        reactor_.ensure_turn();
    }
    return *batch_;
}

void StreamCapture::note_offers(ClientRecord& from, std::uint64_t count) {
    from.set_last_offer(last_number_);
    shard_.counters().captured_messages += count;
    reactor_.work().add(reactor::work::kForward * count);
    send_if_full();
}

bool StreamCapture::offer(
    ClientRecord& from, const RoutedMessage& routed, const CaptureTerms& terms, bool is_request
) {
    const CaptureTable::Row* const row = map_.find(routed.account, routed.subject);
    if (row == nullptr) {
        return false;
    }
    CapturedMessage& item = open_batch().add(routed, *row);
    item.terms = terms;
    item.is_request = is_request;
    note_offers(from, 1);
    return true;
}

bool StreamCapture::offer_run(ClientRecord& from, const broker::PublicationRun& run) {
    const CaptureTable::Row* const row = map_.find(from.account(), run.subject);
    if (row == nullptr) {
        return false;
    }
    open_batch().add_run(run, from.id(), from.account(), *row);
    note_offers(from, run.messages.size());
    return true;
}

void StreamCapture::refuse_unstored(ClientRecord& from, std::uint64_t durable) {
    shard_.counters().refuse_publication(v1::NO_STREAM);
    from.client().on_stored(
        durable, {.code = v1::NO_STREAM, .text = wire::meaning_of(v1::NO_STREAM)}
    );
}

void StreamCapture::send_if_full() {
    if (batch_->bytes() >= std::min(kFullBatchOfOffers, window_.limit())) {
        send();
    }
}

void StreamCapture::send() {
    if (batch_) {
        window_.add(batch_->bytes());
        exchange_.stream_storage()->offer(std::move(batch_));
    }
}

// --- OfferSource --------------------------------------------------------------------------------

void StreamCapture::take_decisions(std::unique_ptr<OfferBatch> batch) {
    // The storage gives back what it was offered.
    std::unique_ptr<CaptureBatch> decided(static_cast<CaptureBatch*>(batch.release()));
    reactor_.post([this, decided = std::move(decided)]() mutable {
        add_event({.decided = std::move(decided)});
    });
}

void StreamCapture::take_commit(std::uint64_t batch, v1::ErrorCode failure) {
    reactor_.post([this, batch, failure] {
        add_event({.decided = nullptr, .committed = batch, .failure = failure});
    });
}

void StreamCapture::use_captures(CaptureTablePtr table, std::function<void()> done) {
    reactor_.post([this, table = std::move(table), done = std::move(done)]() mutable {
        send();  // its rows are of the table before
        map_.use(std::move(table));
        active_ = !map_.empty();
        done();
    });
}

void StreamCapture::add_event(Event event) {
    events_.push_back(std::move(event));
    run_events();
}

void StreamCapture::run_events() {
    shard_.begin_captured();
    while (!events_.empty()) {
        Event& event = events_.front();
        const bool done = event.decided ? route(*event.decided) : answer(event);
        if (!done) {
            reactor_.run_again(work_);
            return;
        }
        Event finished = std::move(event);
        events_.pop_front();
        if (finished.decided) {
            finish(std::move(finished.decided));
        }
    }
}

// --- decisions ----------------------------------------------------------------------------------

bool StreamCapture::route(CaptureBatch& batch) {
    reactor::WorkMeter& work = reactor_.work();
    while (batch.next < batch.messages().size()) {
        if (work.slice_is_over()) {
            return false;
        }
        const std::size_t count = route_some(batch);
        work.add(reactor::work::kFrame * count);
        batch.next += count;
    }
    return true;
}

// Messages of a run go together again, as far as all are accepted.
std::size_t StreamCapture::route_some(CaptureBatch& batch) {
    const std::size_t first = batch.next;
    const std::span<const CapturedMessage> items = batch.messages();
    const CapturedMessage& leader = items[first];
    if (!leader.of_run || first < batch.singly_until) {
        carry_out(batch, first);
        return 1;
    }
    std::array<wire::PlainMessage, kLongestRun> messages;
    std::size_t count = 0;
    while (count < messages.size() && first + count < items.size()) {
        const CapturedMessage& item = items[first + count];
        const StreamDecision& decision = batch.decisions[first + count];
        const bool accepted = decision.code == v1::ERROR_CODE_UNSPECIFIED && !decision.duplicate;
        if (!item.of_run || !accepted || item.publisher.key() != leader.publisher.key() ||
            item.owner != leader.owner || !same_bytes(item.subject, leader.subject)) {
            break;
        }
        messages[count++] = plain(item.message);
    }
    const broker::PublicationRun run{
        leader.subject, std::span(messages).first(count), &batch.owner(leader)
    };
    const MessageRuns::Source source{leader.publisher, leader.account};
    if (const std::size_t taken = count < 2 ? 0 : shard_.runs().route(source, run); taken > 0) {
        return taken;
    }
    // The first message of a run finds the route that the others repeat.
    carry_out(batch, first);
    const std::size_t taken = count < 2 ? 0 : shard_.runs().route(source, run.from(1));
    if (taken == 0) {
        batch.singly_until = first + count;
    }
    return 1 + taken;
}

void StreamCapture::carry_out(const CaptureBatch& batch, std::size_t index) {
    const CapturedMessage& item = batch.messages()[index];
    const StreamDecision& decision = batch.decisions[index];
    const bool removed = decision.code == v1::NO_STREAM && item.terms.durable == 0;
    if (decision.code != v1::ERROR_CODE_UNSPECIFIED && !removed) {
        refuse(item, decision);
        return;
    }
    if (item.terms.durable != 0) {
        awaited_.add(
            batch.number,
            batch.table(),
            {item.publisher, item.terms.durable, item.row, decision.sequence, decision.duplicate}
        );
    }
    if (decision.duplicate) {
        skip_duplicate(item);
    } else {
        shard_.route_captured(item, batch.owner(item));
    }
}

void StreamCapture::refuse(const CapturedMessage& item, const StreamDecision& decision) {
    shard_.counters().refuse_publication(decision.code);
    if (item.is_request) {
        shard_.requests().refuse(item.reply_to, decision.code);
        return;
    }
    ClientRecord* const from = shard_.find(item.publisher);
    if (from == nullptr) {
        return;
    }
    if (item.terms.confirmation != 0) {
        from->client().on_published(item.terms.confirmation, 0);
    }
    if (item.terms.durable != 0) {
        from->client().on_stored(
            item.terms.durable,
            {.code = decision.code,
             .text = decision.text,
             .stream = decision.code == v1::NO_STREAM ? std::string_view() : item.row->name,
             .sequence = decision.sequence}
        );
    }
}

// It was delivered before.
void StreamCapture::skip_duplicate(const CapturedMessage& item) {
    if (item.is_request) {
        shard_.requests().refuse(item.reply_to, v1::NO_RESPONDERS);
        return;
    }
    ClientRecord* const from = shard_.find(item.publisher);
    if (from != nullptr && item.terms.confirmation != 0) {
        from->client().on_published(item.terms.confirmation, 0);
    }
}

void StreamCapture::finish(std::unique_ptr<CaptureBatch> batch) {
    finished_ = batch->number;
    window_.remove(batch->bytes());
    batch->clear();
    if (spare_.size() < kSpareOfferBatches) {
        spare_.push_back(std::move(batch));
    }
    begin_flushes();
}

void StreamCapture::begin_flushes() {
    while (!flushes_.empty() && flushes_.front().batch <= finished_) {
        const Flush flush = flushes_.front();
        flushes_.pop_front();
        if (ClientRecord* const client = shard_.find(flush.client); client != nullptr) {
            shard_.flushes().flush(*client, flush.id);
        }
    }
}

// --- commits ------------------------------------------------------------------------------------

bool StreamCapture::answer(const Event& commit) {
    reactor::WorkMeter& work = reactor_.work();
    while (!work.slice_is_over()) {
        const bool answered =
            awaited_.take(commit.committed, [&](const AwaitedCommits::Publication& publication) {
                tell_stored(publication, commit.failure);
            });
        if (!answered) {
            return true;
        }
        work.add(reactor::work::kDelivery);
    }
    return false;
}

void StreamCapture::tell_stored(
    const AwaitedCommits::Publication& publication, v1::ErrorCode failure
) const {
    ClientRecord* const client = shard_.find(publication.client);
    if (client == nullptr) {
        return;
    }
    const bool failed = failure != v1::ERROR_CODE_UNSPECIFIED;
    client->client().on_stored(
        publication.id,
        {.code = failure,
         .text = failed ? wire::meaning_of(failure) : std::string_view(),
         .stream = publication.row->name,
         .sequence = publication.sequence,
         .duplicate = publication.duplicate}
    );
}

}  // namespace telex::exchange
