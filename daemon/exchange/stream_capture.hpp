#pragma once
// Messages that streams store, on one reactor: they are offered to the storage before they are
// routed, and routed once they are accepted.
//
//   publish --> batch of the turn --> storage --.
//                                               | take_decisions
//   route  <-- accepted, in order <-------------'
//   tell the publisher <-- refused; accepted and durable: after take_commit
//
// Decisions and commits are worked off in the order in which they come, in slices. Messages on
// subjects that no stream stores do not wait for them: they may overtake.
//
// A message that another reactor forwards was offered there. Replies, requests to the exchange and
// the exchange's own messages are not offered.
//
// Owner: a shard. Thread: the shard's, except for OfferSource.
#include "broker/publication_run.hpp"
#include "exchange/awaited_commits.hpp"
#include "exchange/capture_batch.hpp"
#include "exchange/capture_map.hpp"
#include "exchange/client_record.hpp"
#include "exchange/offer_window.hpp"
#include "exchange/routed_message.hpp"
#include "exchange/stream_storage.hpp"
#include "reactor/member_work.hpp"
#include "reactor/reactor.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace telex::exchange {

class Exchange;
class Shard;

class StreamCapture final : public OfferSource {
public:
    // `shards`: of the exchange.
    StreamCapture(
        Exchange& exchange,
        Shard& shard,
        reactor::Reactor& reactor,
        BudgetAccount& account,
        std::size_t shards
    );
    ~StreamCapture() override;

    // Some stream stores something.
    bool is_active() const { return active_; }

    // --- messages in --------------------------------------------------------------------------
    // Takes the message if a stream of its account stores its subject; else returns false.
    [[nodiscard]] bool offer(
        ClientRecord& from,
        const RoutedMessage& routed,
        const CaptureTerms& terms = {},
        bool is_request = false
    );
    // The same for a run. Returns false if no stream stores its subject.
    [[nodiscard]] bool offer_run(ClientRecord& from, const broker::PublicationRun& run);
    // Tells the client that no stream stores the subject of its durable publication.
    void refuse_unstored(ClientRecord& from, std::uint64_t durable);
    // At the end of a turn.
    void send();

    // --- flushes --------------------------------------------------------------------------------
    // Publications of the client are not decided, or not routed.
    bool holds_messages_of(const ClientRecord& client) const {
        return client.last_offer() > finished_;
    }

    // Begins the flush once they are routed.
    void flush_later(const ClientRecord& client, std::uint64_t id) {
        flushes_.push_back({client.last_offer(), client.id(), id});
    }

    // --- back-pressure --------------------------------------------------------------------------
    OfferWindow& window() { return window_; }

    const OfferWindow& window() const { return window_; }

    // Something is offered and not routed, or a durable publication is not answered.
    bool has_open_work() const {
        return batch_ != nullptr || finished_ != last_number_ || !events_.empty() ||
               awaited_.size() > 0;
    }

    // --- OfferSource, on any thread -------------------------------------------------------------
    void take_decisions(std::unique_ptr<OfferBatch> batch) override;
    void take_commit(std::uint64_t batch, v1::ErrorCode failure) override;
    void use_captures(CaptureTablePtr table, std::function<void()> done) override;

private:
    struct Flush {
        std::uint64_t batch;
        ClientId client;
        std::uint64_t id;
    };

    // Of the storage: the decisions of a batch, or the commit up to a batch.
    struct Event {
        std::unique_ptr<CaptureBatch> decided;
        std::uint64_t committed = 0;
        v1::ErrorCode failure = v1::ERROR_CODE_UNSPECIFIED;
    };

    CaptureBatch& open_batch();
    void note_offers(ClientRecord& from, std::uint64_t count);
    void send_if_full();
    void add_event(Event event);
    // Until the slice is over.
    void run_events();
    // Both return true when done, false when the slice is over.
    bool route(CaptureBatch& batch);
    bool answer(const Event& commit);

    // Carries out the next decisions, of a message or a run. Returns their number.
    [[nodiscard]] std::size_t route_some(CaptureBatch& batch);
    void carry_out(const CaptureBatch& batch, std::size_t index);
    void refuse(const CapturedMessage& item, const StreamDecision& decision);
    void skip_duplicate(const CapturedMessage& item);
    void tell_stored(const AwaitedCommits::Publication& publication, v1::ErrorCode failure) const;
    void finish(std::unique_ptr<CaptureBatch> batch);
    void begin_flushes();

    Exchange& exchange_;
    Shard& shard_;
    reactor::Reactor& reactor_;
    CaptureMap map_;
    bool active_ = false;
    OfferWindow window_;
    std::unique_ptr<CaptureBatch> batch_;  // of this turn; null: none yet
    std::vector<std::unique_ptr<CaptureBatch>> spare_;
    std::uint64_t last_number_ = 0;  // of the newest batch
    std::uint64_t finished_ = 0;     // of the newest one that is routed
    std::deque<Event> events_;
    AwaitedCommits awaited_;
    std::deque<Flush> flushes_;
    reactor::MemberWork<StreamCapture, &StreamCapture::run_events> work_{*this};
};

}  // namespace telex::exchange
