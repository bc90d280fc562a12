#pragma once
// The transport and the broker of one session: records every call and answers when told to, for
// unit tests and fuzzing. Counts breaches of the contract between a session and its two ports.
#include "base/time.hpp"
#include "match/wildcard_patterns.hpp"
#include "session/session.hpp"
#include "session/transport.hpp"
#include "wire/frame_view.hpp"
#include "wire/subject.hpp"
#include "wire/writer.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace telex::testing {

// An encoded Message and the view of it, kept together.
class TestMessage {
public:
    TestMessage(std::string_view subject, ByteView payload, std::string_view reply = {}) {
        wire::append_message(body_, subject, payload, reply);
        view_ = wire::scan_message(body_).value();
    }

    TestMessage(
        std::string_view subject, ByteView payload, std::span<const wire::HeaderView> headers
    ) {
        wire::append_message(body_, subject, payload, {}, headers);
        view_ = wire::scan_message(body_).value();
    }

    TestMessage(const TestMessage&) = delete;
    TestMessage& operator=(const TestMessage&) = delete;

    const std::string& body() const { return body_; }

    // Refers to this object.
    session::Delivery delivery(std::uint64_t subscription = 0, std::string_view reply_to = {})
        const {
        return {subscription, view_, reply_to, nullptr, subscription};
    }

private:
    std::string body_;
    wire::MessageView view_;
};

class FakeTransport final : public session::Transport, public broker::Port {
public:
    struct Publish {
        std::string body;
        std::string subject;
        std::string payload;
        const ChunkRef* owner = nullptr;
        bool echoes = false;  // PublishOptions::echoes
    };

    struct Options {
        std::string route_by;
        std::string reply_to;
        std::uint64_t confirmation = 0;
    };

    struct Request {
        std::uint64_t id = 0;
        std::string subject;
        std::string payload;
        std::chrono::milliseconds timeout{};
    };

    struct Attempt {
        access::Credentials::Kind kind{};
        std::string user;
        std::string secret;
    };

    void bind(session::Session& session) { session_ = &session; }

    // --- what the test arranges ------------------------------------------------------------
    // False: subscribe, unsubscribe and flush are answered by the test.
    bool answers_at_once = true;
    // Subscriptions are refused by the exchange.
    bool refuses_subscriptions = false;
    // Requests are answered from inside the call.
    std::optional<std::string> instant_answer;
    const access::User* is_user = nullptr;
    bool owner = false;
    // Result for a peer with credentials; nothing: the test gives it.
    std::optional<access::AuthResult> auth_result;
    session::PeerFacts facts{"tcp", "192.0.2.7", "4711", "front", "12"};
    TimePoint time{std::chrono::hours(1)};
    TimePoint received{std::chrono::hours(1)};

    // Messages of a run that are taken at once.
    std::size_t run_part = SIZE_MAX;

    // Port::has_streams.
    bool streams = false;

    // Ends a durable publication.
    void store(std::uint64_t id, const broker::StoredOutcome& outcome) {
        breaches += std::erase(durable, id) == 1 ? 0 : 1;
        session_->on_stored(id, outcome);
    }

    // Frames that cannot be written: why, or nothing.
    std::function<session::SendResult(std::string_view frame)> judge;

    void answer(std::uint64_t id, std::string_view payload) { (void)try_answer(id, payload); }

    // The session's result.
    [[nodiscard]] session::SendResult try_answer(std::uint64_t id, std::string_view payload) {
        const TestMessage message("_REPLY.x", payload);
        return try_answer(id, message);
    }

    [[nodiscard]] session::SendResult try_answer(std::uint64_t id, const TestMessage& message) {
        return session_->on_reply(id, message.delivery());
    }

    void pass(std::chrono::milliseconds duration) {
        time += duration;
        session_->on_tick();
    }

    // --- what the session did --------------------------------------------------------------
    std::vector<std::string> controls;        // head and body together
    std::vector<std::string> deliveries;      // the same
    std::vector<std::uint64_t> delivered_to;  // the key of each
    std::vector<Publish> published;
    std::size_t published_in_runs = 0;  // of these
    bool takes_notice = false;
    std::vector<std::string> noticed;  // subjects
    // Of those that were published with options.
    std::size_t memory = 0;                // of the session, as it reports it
    std::vector<Options> publish_options;  // of those that do not echo
    std::vector<Request> requests;
    std::vector<std::uint64_t> durable;  // publications that wait for their outcome
    std::map<std::uint64_t, std::uint64_t> max_messages;  // as changed
    std::map<std::uint64_t, session::SubscriptionSpec> subscriptions;
    std::map<std::uint64_t, broker::ConsumeSpec> members;
    std::vector<broker::Acknowledgement> acknowledgements;
    // Asked for and not answered from inside the call; flushed has all of them.
    std::vector<std::uint64_t> subscribing;
    std::vector<std::uint64_t> unsubscribing;
    std::vector<std::uint64_t> flushed;
    std::map<std::uint64_t, std::uint64_t> credit;
    bool subscriptions_ended = false;  // by end_subscriptions
    std::vector<Attempt> attempts;
    std::map<v1::ErrorCode, int> refusals;
    std::map<session::DropReason, std::uint64_t> unsent;
    std::map<session::DropReason, std::uint64_t> lost_replies;
    session::HeldReplies held_replies;
    std::uint64_t work = 0;
    std::uint64_t unparsed = 0;
    int resumed = 0;
    std::optional<session::CloseReason> closed;
    std::string close_detail;
    std::string client_name;
    int breaches = 0;  // calls after close, unknown ids, a second close

    std::vector<std::string> take_controls() { return std::exchange(controls, {}); }

    // --- Transport and Port ------------------------------------------------------------------
    [[nodiscard]] session::SendResult send_control(const session::OutFrame& frame) override {
        expect_open();
        return send(frame, controls);
    }

    [[nodiscard]] session::SendResult send_reply(const session::OutFrame& frame) override {
        return send_control(frame);
    }

    [[nodiscard]] session::SendResult send_delivery(
        const session::OutFrame& frame, std::uint64_t key
    ) override {
        delivered_to.push_back(key);
        expect_open();
        return send(frame, deliveries);
    }

    [[nodiscard]] session::SendResult send_stored(const session::OutFrame& frame) override {
        expect_open();
        return send(frame, deliveries);
    }

    [[nodiscard]] session::SendResult send_bytes(ByteView bytes) override {
        expect_open();
        controls.push_back("unframed " + std::string(bytes));
        return judge ? judge(bytes) : session::SendResult();
    }

    void resume_input() override { ++resumed; }

    [[nodiscard]] session::SendResult check_reply(const session::OutFrame& frame) const override {
        return judge ? judge(whole(frame)) : session::SendResult();
    }

    void close(session::CloseReason reason, std::string_view detail) override {
        expect_open();
        closed = reason;
        close_detail = detail;
    }

    session::PeerFacts peer() const override { return facts; }

    const access::User* user() const override { return is_user; }

    bool owns_daemon() const override { return owner; }

    void authenticate(access::Credentials credentials) override {
        expect_open();
        attempts.push_back({credentials.kind, credentials.user, credentials.secret});
        if (auth_result) {
            session_->on_authenticated(*auth_result);
        }
    }

    std::string make_challenge() override { return std::string(32, 'n'); }

    TimePoint last_received() const override { return received; }

    TimePoint now() const override { return time; }

    void count_refusal(v1::ErrorCode code) override { ++refusals[code]; }

    void count_unparsed() override { ++unparsed; }

    void note_memory(std::size_t bytes) override { memory = bytes; }

    void count_unsent(const session::SendFault& fault, std::uint64_t count) override {
        unsent[fault.reason] += count;
    }

    void count_lost_replies(const session::SendFault& fault, std::uint64_t count) override {
        lost_replies[fault.reason] += count;
    }

    void note_held_replies(const session::HeldReplies& held) override { held_replies = held; }

    void add_work(std::uint64_t units) override { work += units; }

    void set_client_name(std::string_view name) override { client_name = name; }

    void publish(const session::Publication& publication) override {
        expect_open();
        const wire::MessageView& message = publication.message;
        published.push_back(
            {std::string(message.body),
             std::string(message.subject),
             std::string(message.payload),
             publication.owner}
        );
    }

    [[nodiscard]] std::size_t publish_run(const broker::PublicationRun& run) override {
        const std::size_t count = std::min(run.messages.size(), run_part);
        for (std::size_t i = 0; i < count; ++i) {
            publish({run.message(i), run.owner});
        }
        published_in_runs += count;
        return count;
    }

    bool has_streams() const override { return streams; }

    bool wants_notice() const override { return takes_notice; }

    void notice(std::span<const std::string_view> subjects) override {
        noticed.insert(noticed.end(), subjects.begin(), subjects.end());
    }

    [[nodiscard]] std::size_t send_deliveries(
        ByteView head, const broker::PublicationRun& bodies, std::uint64_t key
    ) override {
        const std::size_t count = std::min(bodies.messages.size(), run_part);
        for (const wire::PlainMessage& message : bodies.messages.first(count)) {
            (void)send_delivery({head, message.body, bodies.owner}, key);
        }
        return count;
    }

    void publish_with(const broker::Publication& publication, const broker::PublishOptions& options)
        override {
        publish(publication);
        published.back().echoes = options.echoes;
        if (options.durable != 0) {
            breaches += std::ranges::count(durable, options.durable) == 0 ? 0 : 1;
            durable.push_back(options.durable);
        } else if (!options.echoes) {
            publish_options.push_back(
                {std::string(options.route_by), std::string(options.reply_to), options.confirmation}
            );
        }
    }

    void set_max_messages(std::uint64_t id, std::uint64_t messages) override {
        expect_open();
        breaches += subscriptions.contains(id) ? 0 : 1;
        max_messages[id] = messages;
    }

    void set_credit(std::uint64_t id, std::uint64_t messages) override {
        expect_open();
        breaches += subscriptions.contains(id) ? 0 : 1;
        credit[id] = messages;
    }

    void request(
        const session::Publication& publication,
        std::uint64_t request_id,
        std::chrono::milliseconds timeout
    ) override {
        expect_open();
        const wire::MessageView& message = publication.message;
        requests.push_back(
            {request_id, std::string(message.subject), std::string(message.payload), timeout}
        );
        if (instant_answer) {
            answer(request_id, *instant_answer);
        }
    }

    void subscribe(session::SubscriptionSpec spec) override {
        expect_open();
        const std::uint64_t id = spec.id;
        if (refuses_subscriptions) {
            session_->refuse({.code = v1::BAD_SUBJECT, .text = "no room", .subscription = id});
            return;
        }
        breaches += subscriptions.emplace(id, std::move(spec)).second ? 0 : 1;
        if (answers_at_once) {
            session_->on_subscribed(id);
        } else {
            subscribing.push_back(id);
        }
    }

    void consume(broker::ConsumeSpec spec) override {
        expect_open();
        const std::uint64_t id = spec.id;
        if (refuses_subscriptions) {
            session_->refuse({.code = v1::NO_CONSUMER, .text = "no", .subscription = id});
            return;
        }
        breaches += members.emplace(id, std::move(spec)).second ? 0 : 1;
        if (answers_at_once) {
            session_->on_subscribed(id);
        } else {
            subscribing.push_back(id);
        }
    }

    void acknowledge(const broker::Acknowledgement& acknowledgement) override {
        expect_open();
        acknowledgements.push_back(acknowledgement);
    }

    bool has_subscription(std::uint64_t id) const override {
        return subscriptions.contains(id) || members.contains(id);
    }

    std::size_t subscription_count() const override {
        return subscriptions.size() + members.size();
    }

    std::uint64_t subscription_for(std::string_view subject) override {
        const auto found = std::ranges::find_if(subscriptions, [&](const auto& entry) {
            return entry.second.queue_group.empty() && wire::matches(entry.second.filter, subject);
        });
        return found == subscriptions.end() ? 0 : found->first;
    }

    std::size_t patterns_with(std::string_view filter) const override {
        match::WildcardPatterns patterns;
        for (const auto& [id, subscription] : subscriptions) {
            patterns.add(subscription.filter);
        }
        return patterns.size_with(filter);
    }

    void unsubscribe(std::uint64_t id) override {
        expect_open();
        breaches += subscriptions.erase(id) + members.erase(id) == 1 ? 0 : 1;
        if (answers_at_once) {
            session_->on_unsubscribed(id, 0, 0);
        } else {
            unsubscribing.push_back(id);
        }
    }

    void end_subscriptions() override {
        expect_open();
        subscriptions_ended = true;
    }

    void add_credit(std::uint64_t id, std::uint64_t messages) override {
        expect_open();
        breaches += has_subscription(id) ? 0 : 1;
        credit[id] += messages;
    }

    void flush(std::uint64_t id) override {
        expect_open();
        flushed.push_back(id);
        if (answers_at_once) {
            session_->on_flushed(id);
        }
    }

    // Sessions count their own: this one is for the connection.
    std::size_t pending_requests() const override { return 0; }

private:
    static std::string whole(const session::OutFrame& frame) {
        return std::string(frame.head) + std::string(frame.body);
    }

    [[nodiscard]] session::SendResult send(
        const session::OutFrame& frame, std::vector<std::string>& to
    ) const {
        auto result = check_reply(frame);
        if (result) {
            to.push_back(whole(frame));
        }
        return result;
    }

    void expect_open() { breaches += closed ? 1 : 0; }

    session::Session* session_ = nullptr;
};

}  // namespace telex::testing
