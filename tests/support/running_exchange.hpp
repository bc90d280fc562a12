#pragma once
// An exchange on real reactors with members that write down what they get: for tests of the shards
// without sockets.
//
// A member is touched on its reactor's thread only; the test asks for its notes through
// RunningExchange::on, which waits for the answer.
#include "exchange/exchange.hpp"
#include "exchange/member.hpp"
#include "exchange/shard.hpp"
#include "reactor/reactor.hpp"
#include "wire/writer.hpp"

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace telex::testing {

class TestMember final : public exchange::Member, public session::Session {
public:
    explicit TestMember(exchange::Shard& home) : shard(home) {}

    // --- what it was told, one line each -----------------------------------------------------
    std::vector<std::string> notes;
    // The reply subjects of the requests that were delivered to it.
    std::vector<std::string> reply_subjects;
    int pauses = 0;
    int resumes = 0;
    std::size_t held_bytes = 0;

    // --- how it behaves ----------------------------------------------------------------------
    exchange::Shard& shard;
    bool pausable = true;
    bool owner = false;
    bool user = false;
    std::string hidden;  // not delivered to subscriptions that hide some
    exchange::Admission admission;
    // What becomes of deliveries and answers.
    session::SendResult sent;
    // Notes every delivery; else only counts them.
    bool verbose = true;
    std::uint64_t deliveries = 0;

    // --- Member --------------------------------------------------------------------------------
    session::Session& session() override { return *this; }

    bool may_receive(std::string_view subject) const override { return subject != hidden; }

    bool has_permissions() const override { return user; }

    std::string_view user_name() const override { return user ? "somebody" : ""; }

    bool is_owner() const override { return owner; }

    [[nodiscard]] exchange::Admission admit(
        exchange::ActiveSubscription&, std::size_t, exchange::ConnectionId
    ) override {
        return admission;
    }

    [[nodiscard]] session::SendResult deliver(const session::Delivery& delivery) override {
        if (!sent) {
            return sent;
        }
        ++deliveries;
        if (verbose) {
            note(
                std::to_string(delivery.subscription) + " " +
                std::string(delivery.message.subject) + "=" + std::string(delivery.message.payload)
            );
        }
        if (!delivery.reply_to.empty()) {
            reply_subjects.emplace_back(delivery.reply_to);
        }
        return {};
    }

    void charge_held(std::size_t bytes) override { held_bytes += bytes; }

    void release_held(std::size_t bytes) override { held_bytes -= bytes; }

    bool can_pause() const override { return pausable; }

    void pause() override { ++pauses; }

    void resume() override { ++resumes; }

    // --- Session -------------------------------------------------------------------------------
    void on_frame(const session::InboundFrame&) override {}

    void on_end_of_input() override {}

    [[nodiscard]] session::SendResult on_answer(
        std::uint64_t request_id, const session::Delivery& answer
    ) override {
        if (!sent) {
            return sent;
        }
        note("answer " + std::to_string(request_id) + "=" + std::string(answer.message.payload));
        answers.push_back({std::string(answer.message.subject), std::string(answer.message.payload)}
        );
        return {};
    }

    void on_request_failed(std::uint64_t request_id, v1::ErrorCode code) override {
        note("failed " + std::to_string(request_id) + " " + v1::ErrorCode_Name(code));
    }

    void on_subscribed(std::uint64_t subscription) override {
        note("subscribed " + std::to_string(subscription));
    }

    void on_unsubscribed(std::uint64_t id, std::uint64_t delivered, std::uint64_t dropped)
        override {
        note(
            "unsubscribed " + std::to_string(id) + " delivered " + std::to_string(delivered) +
            " dropped " + std::to_string(dropped)
        );
    }

    void on_flushed(std::uint64_t id) override { note("flushed " + std::to_string(id)); }

    void refuse(const session::Refusal& refusal) override {
        note("refused " + v1::ErrorCode_Name(refusal.code));
    }

    // --- what the test lets it do, on its reactor's thread ---------------------------------------
    void publish(std::string_view subject, std::string_view payload) {
        std::string body;
        wire::append_message(body, subject, payload);
        shard.publish(*this, {wire::scan_message(body).value(), nullptr});
    }

    void request(
        std::string_view subject,
        std::string_view payload,
        std::uint64_t id,
        std::chrono::milliseconds timeout = std::chrono::hours(1)
    ) {
        std::string body;
        wire::append_message(body, subject, payload);
        shard.request(*this, {wire::scan_message(body).value(), nullptr}, id, timeout);
    }

    void subscribe(std::uint64_t id, std::string_view filter, std::string_view group = {}) {
        session::SubscriptionSpec spec;
        spec.id = id;
        spec.filter = filter;
        spec.queue_group = group;
        shard.subscribe(*this, spec);
    }

    struct Answer {
        std::string subject;
        std::string payload;
    };

    std::vector<Answer> answers;

private:
    void note(std::string text) { notes.push_back(std::move(text)); }
};

class RunningExchange {
public:
    explicit RunningExchange(unsigned reactors, exchange::ExchangeOptions options = {}) {
        std::vector<reactor::Reactor*> pointers;
        for (unsigned i = 0; i < reactors; ++i) {
            reactors_.push_back(std::make_unique<reactor::Reactor>(static_cast<std::uint16_t>(i)));
            pointers.push_back(reactors_.back().get());
        }
        exchange_ = std::make_unique<exchange::Exchange>(options, pointers);
        for (const auto& reactor : reactors_) {
            reactor->start();
        }
    }

    // Runs `work` on the reactor and gives back what it returns.
    template <class Function>
    auto at(std::size_t reactor, Function work) {
        std::promise<std::invoke_result_t<Function>> promise;
        reactors_[reactor]->post([&] {
            if constexpr (std::is_void_v<std::invoke_result_t<Function>>) {
                work();
                promise.set_value();
            } else {
                promise.set_value(work());
            }
        });
        return promise.get_future().get();
    }

    template <class Function>
    auto on(TestMember& member, Function work) {
        return at(member.shard.reactor().index(), std::move(work));
    }

    ~RunningExchange() {
        for (const auto& member : members_) {
            leave(*member);
        }
        for (const auto& reactor : reactors_) {
            reactor->stop();
        }
        for (const auto& reactor : reactors_) {
            reactor->join();
        }
    }

    RunningExchange(const RunningExchange&) = delete;
    RunningExchange& operator=(const RunningExchange&) = delete;

    exchange::Exchange& exchange() { return *exchange_; }

    TestMember& member(std::size_t reactor) {
        exchange::Shard& shard = exchange_->shard(reactor);
        members_.push_back(std::make_unique<TestMember>(shard));
        TestMember& member = *members_.back();
        at(reactor, [&] { shard.join(member); });
        return member;
    }

    void leave(TestMember& member) {
        on(member, [&] {
            if (member.shard.find(member.id()) == &member) {
                member.shard.leave(member, exchange::DropReason::connection_lost);
            }
        });
    }

    std::vector<std::string> notes(TestMember& member) {
        return on(member, [&] { return std::exchange(member.notes, {}); });
    }

    // Until everything that was sent between reactors has arrived, and what that caused, too. Each
    // hop ends within two sweeps: one for the turn that sends it to end, one to work it off.
    void settle() {
        for (int sweep = 0; sweep < 8; ++sweep) {
            for (std::size_t i = 0; i < reactors_.size(); ++i) {
                at(i, [] {});
            }
        }
    }

    exchange::Counters counters() {
        exchange::Counters sum;
        for (std::size_t i = 0; i < reactors_.size(); ++i) {
            const exchange::Counters one =
                at(i, [&] { return exchange_->shard(i).snapshot().counters; });
            sum.received_messages += one.received_messages;
            sum.delivered_messages += one.delivered_messages;
            sum.unrouted_messages += one.unrouted_messages;
            sum.handed_over_messages += one.handed_over_messages;
            for (std::size_t reason = 0; reason < one.dropped.size(); ++reason) {
                sum.dropped[reason] += one.dropped[reason];
            }
            for (std::size_t code = 0; code < one.refusals.size(); ++code) {
                sum.refusals[code] += one.refusals[code];
            }
        }
        return sum;
    }

    std::uint64_t dropped(exchange::DropReason reason) {
        return counters().dropped[static_cast<std::size_t>(reason)];
    }

private:
    std::vector<std::unique_ptr<reactor::Reactor>> reactors_;
    std::unique_ptr<exchange::Exchange> exchange_;
    std::vector<std::unique_ptr<TestMember>> members_;
};

}  // namespace telex::testing
