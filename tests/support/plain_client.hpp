#pragma once
// A client of the exchange that is neither a session nor a connection: records what it receives.
//
// Used on its reactor's thread only; RunningExchange::on gets the test there.
#include "broker/client.hpp"
#include "exchange/client_port.hpp"
#include "exchange/shard.hpp"
#include "support/plain_message.hpp"
#include "wire/writer.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::testing {

class PlainClient final : public broker::Client {
public:
    explicit PlainClient(exchange::Shard& home, bool can_be_paused = true)
        : shard(home), port(home, *this), pausable(can_be_paused) {}

    exchange::Shard& shard;
    exchange::ClientPort port;

    // --- what it received, one line each ------------------------------------------------------
    std::vector<std::string> notes;
    // The reply subjects of the requests that were delivered to it.
    std::vector<std::string> reply_subjects;

    struct Reply {
        std::string subject;
        std::string payload;
    };

    std::vector<Reply> replies;
    int pauses = 0;
    int resumes = 0;
    std::size_t held_bytes = 0;
    std::uint64_t deliveries = 0;
    std::uint64_t taken_in_runs = 0;  // of these

    // --- how it behaves -----------------------------------------------------------------------
    const bool pausable;
    // Client::blocks_at, whatever the policy; set it before the first subscription.
    std::size_t block_limit = 0;
    bool owner = false;
    bool user = false;
    ReadPermission readable;
    std::string hidden;  // not delivered to subscriptions that hide some
    broker::Admission admission;
    broker::SendResult sent;  // of deliveries and replies
    // Records every delivery; else only counts them.
    bool verbose = true;
    std::size_t room = 0;                  // Client::has_room_for
    std::size_t records_taken = SIZE_MAX;  // until Client::takes_record is false
    std::size_t run_part = 0;              // messages of a run that it takes at once

    // --- broker::Client -----------------------------------------------------------------------
    [[nodiscard]] broker::Admission admit(
        const broker::Subscription&, std::size_t, broker::ClientId
    ) override {
        return admission;
    }

    [[nodiscard]] broker::SendResult deliver(const broker::Delivery& delivery) override {
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

    bool has_room_for(std::size_t bytes) const override { return bytes <= room; }

    bool takes_record(std::size_t) const override { return records_taken != 0; }

    [[nodiscard]] broker::SendResult deliver_stored(const broker::StoredDelivery& delivery
    ) override {
        --records_taken;
        if (!sent) {
            return sent;
        }
        const wire::Position& position = delivery.position;
        note(
            "record " + std::to_string(delivery.subscription) + " " +
            std::to_string(position.sequence) + " " + std::string(delivery.subject) +
            (position.redelivered ? " again " + std::to_string(position.attempt) : "")
        );
        return sent;
    }

    [[nodiscard]] std::size_t deliver_run(const broker::RunDelivery& delivery) override {
        const broker::PublicationRun& run = delivery.run;
        const std::size_t count = std::min(run.messages.size(), run_part);
        for (std::size_t i = 0; i < count; ++i) {
            const wire::MessageView view = run.message(i);
            (void)deliver({delivery.subscription, view, {}, run.owner, delivery.key});
        }
        taken_in_runs += count;
        return count;
    }

    std::size_t blocks_at(v1::SlowPolicy) const override { return block_limit; }

    bool may_receive(std::string_view subject) const override { return subject != hidden; }

    void charge_held(std::size_t bytes) override { held_bytes += bytes; }

    void release_held(std::size_t bytes) override { held_bytes -= bytes; }

    [[nodiscard]] broker::SendResult on_reply(
        std::uint64_t request_id, const broker::Delivery& reply
    ) override {
        if (!sent) {
            return sent;
        }
        note("reply " + std::to_string(request_id) + "=" + std::string(reply.message.payload));
        replies.push_back({std::string(reply.message.subject), std::string(reply.message.payload)});
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

    void on_published(std::uint64_t confirmation, std::uint64_t receivers) override {
        note("published " + std::to_string(confirmation) + " to " + std::to_string(receivers));
    }

    void on_stored(std::uint64_t id, const broker::StoredOutcome& outcome) override {
        const std::string what = outcome.code == v1::ERROR_CODE_UNSPECIFIED
                                     ? std::string(outcome.duplicate ? "duplicate" : "stored")
                                     : v1::ErrorCode_Name(outcome.code);
        note(
            what + " " + std::to_string(id) + " " + std::string(outcome.stream) + ":" +
            std::to_string(outcome.sequence)
        );
    }

    void on_flushed(std::uint64_t id) override { note("flushed " + std::to_string(id)); }

    void refuse(const broker::Refusal& refusal) override {
        note("refused " + v1::ErrorCode_Name(refusal.code));
    }

    bool can_pause() const override { return pausable; }

    void pause() override { ++pauses; }

    void resume() override { ++resumes; }

    ReadPermission read_permission() const override { return readable; }

    bool has_permissions() const override { return user; }

    std::string_view user_name() const override { return user ? "somebody" : ""; }

    bool is_owner() const override { return owner; }

    // --- what the test makes it do --------------------------------------------------------------
    void publish(std::string_view subject, std::string_view payload, std::string_view reply = {}) {
        std::string body;
        wire::append_message(body, subject, payload, reply);
        port.publish({wire::scan_message(body).value(), nullptr});
    }

    // A first message, and more at once. Returns how many of them the exchange took at once;
    // the others follow one by one.
    std::size_t publish_run(std::string_view subject, std::span<const std::string> payloads) {
        std::vector<std::string> bodies(payloads.size());
        std::vector<wire::PlainMessage> messages;
        for (std::size_t i = 0; i < payloads.size(); ++i) {
            wire::append_message(bodies[i], subject, payloads[i]);
            messages.push_back(plain_message(bodies[i], subject, payloads[i]));
        }
        const broker::PublicationRun run{subject, messages, nullptr};
        port.publish({run.message(0), nullptr});
        std::size_t at_once = 0;
        for (std::size_t next = 1; next < messages.size();) {
            const std::size_t taken = port.publish_run(run.from(next));
            if (taken == 0) {
                port.publish({run.message(next), nullptr});
            }
            at_once += taken;
            next += std::max<std::size_t>(taken, 1);
        }
        return at_once;
    }

    void publish_with(
        std::string_view subject,
        std::string_view payload,
        const broker::PublishOptions& options,
        std::string_view reply = {}
    ) {
        std::string body;
        wire::append_message(body, subject, payload, reply);
        port.publish_with({wire::scan_message(body).value(), nullptr}, options);
    }

    void request(
        std::string_view subject,
        std::string_view payload,
        std::uint64_t id,
        std::chrono::milliseconds timeout = std::chrono::hours(1)
    ) {
        std::string body;
        wire::append_message(body, subject, payload);
        port.request({wire::scan_message(body).value(), nullptr}, id, timeout);
    }

    void subscribe(std::uint64_t id, std::string_view filter, std::string_view group = {}) {
        broker::SubscriptionSpec spec;
        spec.id = id;
        spec.filter = filter;
        spec.queue_group = group;
        port.subscribe(std::move(spec));
    }

private:
    void note(std::string text) { notes.push_back(std::move(text)); }
};

}  // namespace telex::testing
