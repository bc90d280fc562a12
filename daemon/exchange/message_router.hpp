#pragma once
// Finds the receivers of a message in the routing tables of this reactor, delivers to those here
// and forwards to the other reactors.
//
// While a route is held, tables must not change: subscriptions that end meanwhile are noted
// (Subscriptions::end_later), as are groups to serve. Shard::finish_routing acts on both.
//
// Owner and thread: one shard.
#include "access/accounts.hpp"
#include "exchange/client_record.hpp"
#include "exchange/credit_queues.hpp"
#include "exchange/divided_messages.hpp"
#include "exchange/forwarding.hpp"
#include "exchange/group_queues.hpp"
#include "exchange/ledger.hpp"
#include "exchange/requests.hpp"
#include "exchange/routed_message.hpp"
#include "exchange/subscriptions.hpp"
#include "reactor/reactor.hpp"
#include "router/routing_table.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::exchange {

class MessageRouter {
public:
    // Of the same shard.
    struct Neighbours {
        Forwarding& forwarding;
        CreditQueues& credit;
        GroupQueues& groups;
        Subscriptions& subscriptions;
        Requests& requests;
        DividedMessages& divided;
    };

    MessageRouter(
        std::uint64_t seed, reactor::Reactor& reactor, Ledger& ledger, const Neighbours& neighbours
    );

    // The subjects that accounts share. Null if accounts are isolated.
    void use_accounts(access::AccountsPtr accounts) { accounts_ = std::move(accounts); }

    // The account whose responders receive requests to this subject.
    access::AccountId responding_account(access::AccountId account, std::string_view subject)
        const {
        return accounts_ ? accounts_->responding(account, subject) : account;
    }

    // The table of an account, created on first use.
    router::RoutingTable& table(access::AccountId account) {
        const bool there = account < tables_.size() && tables_[account];
        return there ? *tables_[account] : make_table(account);
    }

    // Calls function(account) for each account with a table.
    template <class Function>
    void for_each_account(Function function) {
        for (access::AccountId account = 0; account < tables_.size(); ++account) {
            if (tables_[account]) {
                function(account);
            }
        }
    }

    std::size_t subscriptions() const;
    std::string filter_of(const ActiveSubscription& subscription) const;

    // Each sets what dispatch() sets, and returns false if there is no subscriber on any reactor.
    // The first two leave a message with very many subscribers to DividedMessages.
    // In the message's account:
    bool route(RoutedMessage& routed);
    // Also in the accounts that import it:
    bool route_everywhere(RoutedMessage& routed);
    // To one member of this group:
    bool route_group(RoutedMessage& routed, std::string_view group, router::GroupChoice choice);

    // Subjects are shared between accounts: a message may go to several.
    bool shares_subjects() const { return accounts_ != nullptr; }

    // To a plain subscriber here.
    void deliver(ActiveSubscription& subscription, const RoutedMessage& routed);
    // Delivers and forwards the message as the route says. Sets routed.targets,
    // routed.reports_absence and routed.awaits_reply of a request, and of a message for members of
    // groups or for other reactors.
    void dispatch(const router::Route& route, RoutedMessage& routed);
    // To a member of a queue group here, with a claimed credit or to wait for one.
    void give(
        ActiveSubscription& subscription,
        bool claimed,
        router::WaitingTicket ticket,
        const RoutedMessage& routed
    );

    // A subscriber has taken the message.
    void note_request(const ActiveSubscription& subscription, const RoutedMessage& routed) {
        if (routed.awaits_reply) [[unlikely]] {
            requests_.expect_reply(subscription.record(), routed.reply_to);
        }
    }

    [[gnu::always_inline]] void count_delivery(ActiveSubscription& subscription) {
        ledger_.deliver(subscription);
        if (subscription.delivered == subscription.max_messages) {
            subscription.ended = true;
            subscriptions_.end_later(subscription);
        }
    }

private:
    router::RoutingTable& make_table(access::AccountId account);
    bool route_to_importers(const RoutedMessage& routed);
    void give_to_members(std::span<const router::GroupTarget> targets, const RoutedMessage& routed);
    void hold(
        ActiveSubscription& subscription, router::WaitingTicket ticket, const RoutedMessage& routed
    );
    void forward(
        const router::ForwardTarget& target,
        std::uint64_t work,
        const RoutedMessage& routed,
        const SharedChargePtr& charge
    );

    std::uint64_t seed_;
    reactor::Reactor& reactor_;
    // By account; the first is always there, others from their first subscription on.
    std::vector<std::unique_ptr<router::RoutingTable>> tables_;
    access::AccountsPtr accounts_;
    Ledger& ledger_;
    Forwarding& forwarding_;
    CreditQueues& credit_;
    GroupQueues& groups_;
    Subscriptions& subscriptions_;
    Requests& requests_;
    DividedMessages& divided_;
};

}  // namespace telex::exchange
