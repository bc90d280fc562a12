#pragma once
// Requests and their replies.
//
// A request gets an entry in the reply table of its reactor; the entry's subject names that
// reactor, so a reply finds its way from any reactor without routing. The entry ends with the
// reply, with the time-out, with "no responders", with its only receiver ("responder gone"), or
// with the requester.
//
// Owner and thread: one shard.
#include "exchange/client_record.hpp"
#include "exchange/forwarding.hpp"
#include "exchange/ledger.hpp"
#include "exchange/memory_budget.hpp"
#include "exchange/routed_message.hpp"
#include "exchange/secrets.hpp"
#include "reactor/member_work.hpp"
#include "reactor/reactor.hpp"
#include "router/reply_table.hpp"

#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace telex::exchange {

class Exchange;

class Requests {
public:
    Requests(
        Exchange& exchange,
        reactor::Reactor& reactor,
        Ledger& ledger,
        Forwarding& forwarding,
        BudgetAccount& account
    );
    ~Requests();

    Requests(const Requests&) = delete;
    Requests& operator=(const Requests&) = delete;

    // Counts a request of the client; its end uncounts it.
    void begin(ClientRecord& client) {
        ++client.open_requests_;
        charge(1);
    }

    // Opens an entry and returns its reply subject. If there are too many it fails a request of
    // a client that has more than this one, or else this request.
    std::optional<router::ReplySubject> open(
        ClientRecord& from, std::uint64_t request_id, std::chrono::milliseconds timeout
    );
    // A client replied, here: passes the reply to the requester or to its reactor.
    void reply(ClientRecord& from, const RoutedMessage& routed);
    // A client, here, is the only one that has received a request.
    void expect_reply(ClientRecord& responder, std::string_view reply_to);

    // A client publishes with this reply subject: if it is that of a request, others may reply.
    void hand_on(ClientRecord& responder, std::string_view reply_to) {
        if (router::is_reply_subject(reply_to)) [[unlikely]] {
            settle(responder, reply_to);
        }
    }

    // A client no longer replies to requests: those that it alone received fail, wherever they are,
    // in slices.
    void abandon(ClientRecord& responder);
    // The same for a request that waited for the client's credit.
    void abandon(std::string_view reply_to);
    // A reply to a request of this reactor.
    void take_reply(const RoutedMessage& routed);
    // The request with this reply subject, of this reactor, has several targets.
    void expect_targets(std::string_view reply_to, std::size_t targets);
    // It has more of them.
    void add_targets(std::string_view reply_to, std::size_t targets);
    // A target of the request with this reply subject has left, wherever the request is. With the
    // last one it fails: "no responders". Other subjects are ignored.
    void note_absence(std::string_view reply_to);
    // End an open request of the client.
    void complete(ClientRecord& client, std::uint64_t request_id, const broker::Delivery& reply);
    void fail(ClientRecord& client, std::uint64_t request_id, v1::ErrorCode code);

    // Fails the request with this reply subject, of this reactor, if it is still open.
    void refuse(std::string_view reply_to, v1::ErrorCode code);

    // Forgets the requests of a client, which is leaving, and abandons those that it received.
    // Their places in the reply table are freed in slices.
    void close(ClientRecord& client);

    std::size_t pending() const { return replies_.pending(); }

    // Charged for open requests, also for those that the exchange itself answers, and for received
    // ones.
    std::size_t memory() const { return memory_; }

private:
    void fail(const router::ReplyTable::Pending& pending, v1::ErrorCode code);

    void end(ClientRecord& client) {
        --client.open_requests_;
        release(1);
    }

    void charge(std::size_t count, std::size_t bytes = ClientRecord::kRequestMemory) {
        memory_ += count * bytes;
        account_.charge(count * bytes);
    }

    void release(std::size_t count, std::size_t bytes = ClientRecord::kRequestMemory) {
        memory_ -= count * bytes;
        account_.release(count * bytes);
    }

    void settle(ClientRecord& responder, std::string_view reply_to);
    void abandon(const std::vector<router::ReplyAddress>& requests);
    void take_abandoned(const std::vector<router::ReplyAddress>& requests);
    // Until the slice is over.
    void fail_abandoned();

    void watch_deadlines();
    // Until the slice is over.
    void expire();
    void free_places();

    Exchange& exchange_;
    reactor::Reactor& reactor_;
    Ledger& ledger_;
    Forwarding& forwarding_;
    BudgetAccount& account_;
    std::size_t memory_ = 0;
    Secrets secrets_;
    router::ReplyTable replies_;
    asio::steady_timer deadline_timer_;
    bool deadline_timer_armed_ = false;
    reactor::MemberWork<Requests, &Requests::expire> expiry_{*this};
    // Of this reactor: their responders have left.
    std::vector<router::ReplyAddress> abandoned_;
    reactor::MemberWork<Requests, &Requests::fail_abandoned> failing_{*this};
    // Of clients that have left.
    std::vector<std::unique_ptr<router::Requester>> orphans_;
    reactor::MemberWork<Requests, &Requests::free_places> freeing_{*this};
};

}  // namespace telex::exchange
