#pragma once
// A connected stream with a session: a state machine (lifecycle.hpp) over parts. Here are its
// beginning, its end and its limits of time; the two halves between are SendingClient and
// ReceivingClient.
//
// Owner: the worker's table. Thread: the reactor's.
#include "base/time.hpp"
#include "server/connection/entry_rules.hpp"
#include "server/connection/handshake_turns.hpp"
#include "server/connection/receiving_client.hpp"
#include "server/connection/time_limits.hpp"
#include "server/connection/traffic_rates.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace telex::server {

struct LimitWork;

class Connection final : public ReceivingClient,
                         public reactor::Pollable,
                         public reactor::Retirable,
                         private HandshakeTurns::Step,
                         private reactor::OwnWork<Connection, LimitWork> {
public:
    // `slot`: of the listener that accepted it; without a listener for a connection that the daemon
    // has opened.
    Connection(
        exchange::Shard& shard,
        ReactorBuffers& buffers,
        ConnectionTable& table,
        ListenerSettingsPtr settings,
        ListenerSlot slot,
        ClientPeer peer,
        std::unique_ptr<ByteStream> stream
    );
    ~Connection() override;

    // Registers with the poller and starts the session, or rejects the peer. Returns false if the
    // kernel refuses; then the object must be destroyed.
    [[nodiscard]] bool start(const std::optional<Rejection>& rejection = std::nullopt);

    // About once a second: notes its rates, releases what is not used, and checks the time limits.
    void on_tick();
    // --- the exchange stops ---------------------------------------------------------------------
    // Says goodbye. A session without words for it can only end, and does so once its input is
    // routed.
    void begin_drain();

    // It has sent what is not routed yet, or waits for a reply.
    bool has_open_work() const {
        return lifecycle_.is_live() && (has_input_left() || pending_requests() > 0);
    }

    // Closes if nothing was received or written for `quiet`, and nothing is left to do.
    // `work_is_open`: other connections have open work, which may end in a message or request for
    // this one.
    void drain_quiet(std::chrono::milliseconds quiet, bool work_is_open);
    // The list of users has changed. Returns true if its subscriptions have to be reviewed.
    [[nodiscard]] bool reauthorize();

    // Continues after the id `after`, and moves it, until the slice is over. Returns true when all
    // were reviewed.
    [[nodiscard]] bool review_subscriptions(std::uint64_t& after) {
        return !lifecycle_.is_live() || ClientBase::review_subscriptions(after);
    }

    // Its listener is full, and a new connection has its slot.
    void displaced();

    // The first subscription after this id, or nothing.
    struct Filter {
        std::uint64_t id = 0;
        std::string text;
    };

    std::optional<Filter> filter_after(std::uint64_t id) const {
        const auto& subscriptions = broker_.record().subscriptions();
        const auto found = subscriptions.upper_bound(id);
        return found == subscriptions.end()
                   ? std::nullopt
                   : std::optional(Filter{found->first, broker_.filter_of(found->second)});
    }

    // The id must exist.
    v1::SubscriptionInfo describe_subscription(std::uint64_t id) {
        const exchange::ActiveSubscription& subscription = record().subscriptions().at(id);
        return server::describe_subscription(
            facts(), id, subscription, broker_.filter_of(subscription)
        );
    }

    // --- reactor::Pollable ----------------------------------------------------------------------
    void on_ready(std::uint32_t events) override;

    // --- broker::Client -------------------------------------------------------------------------
    broker::ClientLabel label() const override;

    std::string_view client_name() const override {
        return names_ ? std::string_view(names_->client) : std::string_view();
    }

    // --- session::Transport ---------------------------------------------------------------------
    void set_client_name(std::string_view name) override {
        if (names_ || !name.empty()) {
            names().client = name;
        }
    }

private:
    // --- beginning ------------------------------------------------------------------------------
    void begin_handshake();
    void run_handshake_step() override;
    void fail_handshake();
    // Returns false if it is not the upgrade to WebSocket that has failed.
    [[nodiscard]] bool end_upgrade();
    void open(std::optional<Rejection> rejection);
    void share_slot();
    access::AuthResult identify_peer();
    bool can_authenticate() const;
    Authentication::Channel channel() const override;

    void after_authentication() override { leave_pre_auth(); }

    // Limits the reader to what the session takes from a peer that it does not know, and lifts that
    // once it knows it.
    void leave_pre_auth() override;

    // --- time limits ----------------------------------------------------------------------------
    TimeLimits time_limits() const;
    // Acts on the limits that are due, and has the next one watched.
    void check_limits();
    void check_live(TimePoint now);
    void watch_until(TimePoint end) override;
    void limit_turn();

    // --- of its halves --------------------------------------------------------------------------
    ConnectionFacts facts() const override;
    void on_end() override;

    using LimitTurn = reactor::OwnWork<Connection, LimitWork>;
    friend LimitTurn;

    reactor::TurnWork& limit_work() { return static_cast<LimitTurn&>(*this); }

    void run_work(const LimitWork* /*kind*/) { limit_turn(); }

    // For operators.
    struct Names {
        std::string client;    // as it calls itself
        std::string security;  // as the stream says
    };

    Names& names() {
        if (!names_) {
            names_ = std::make_unique<Names>();
        }
        return *names_;
    }

    std::string_view security() const {
        return names_ ? std::string_view(names_->security) : std::string_view();
    }

    std::unique_ptr<Names> names_;  // null: all are empty
    LimitTimer limit_timer_;

    const TimePoint opened_;
    TrafficRates rates_{opened_};
};

}  // namespace telex::server
