#pragma once
// A session driven by bytes: frames of a client and events of the exchange in any order. For
// fuzzing, and for unit tests with seeded bytes.
//
// After each step it must hold: the host's contract was kept (nothing after close, no unknown id),
// every frame written is whole, each request gets one reply, and no other id does, raw answers come
// in the order of their requests, nothing happens before authentication; and at the end: a session
// whose input ended and that has no open request has closed.
#include "protocols/raw/raw_options.hpp"
#include "protocols/registry/protocols.hpp"
#include "support/fake_transport.hpp"
#include "support/session_frames.hpp"
#include "wire/json.hpp"
#include "wire/quiet_protobuf.hpp"
#include "wire/reply_headers.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace telex::testing {

class SessionScript {
public:
    SessionScript(const session::Protocol& protocol, std::string_view bytes)
        : content_(protocol.can.content), is_raw_(protocol.name == "raw"), bytes_(bytes) {
        wire::quiet_protobuf();
        arrange(next());
        session_ = protocol.make(transport_, transport_, options_);
        transport_.bind(*session_);
        session_->start();
        note_requests();
    }

    // Throws std::logic_error when something does not hold.
    void run() {
        while (!bytes_.empty() && !transport_.closed) {
            step(next());
            check();
        }
        if (!options_.datagram) {
            finish();
        }
    }

private:
    // Frames of text are the native protocol's in JSON, binary ones in protobuf.
    using Content = session::FrameContent;

    void arrange(std::uint8_t how) {
        transport_.answers_at_once = (how & 1U) != 0;
        options_.datagram = (how & 2U) != 0;
        transport_.refuses_subscriptions = (how & 4U) != 0;
        options_.max_pending_requests = 4;
        options_.max_durable_publications = 2;
        options_.max_subscriptions = 4;
        options_.max_frame_bytes = 64;
        if ((how & 16U) != 0 && !options_.datagram) {
            transport_.is_user = &access::anonymous();
        }
        user_.name = "known";
        user_.publish.allow = user_.subscribe.allow = {">"};
        user_.publish.deny = user_.subscribe.deny = {"a.b"};
        user_.limits.max_payload_bytes = 20;
        session::raw::RawOptions raw;
        if ((how & 8U) != 0) {
            raw.request = "svc.a";
        } else {
            raw.publish = "log.{peer}";
            raw.subscribe = "log.>";
        }
        if ((how & 32U) != 0 && !options_.datagram) {
            raw.connect = "svc.hello";
        }
        if ((how & 64U) != 0 && !options_.datagram && is_raw_) {
            raw.close_after_reply = raw.request.has_value();
            raw.close_by_message = raw.subscribe.has_value();
        }
        raw_ = raw;
        options_.protocol = std::move(raw);
    }

    void step(std::uint8_t what) {
        switch (what % 15) {
            case 0:
                return send(std::string(take(next())));
            case 1:
                return send(encode(typical(next())));
            case 2:
                return send(encode(typical(next())) + std::string(take(next() % 16)));
            case 3:
                return answer(next(), true);
            case 4:
                return answer(next(), false);
            case 5:
                return confirm_subscribed();
            case 6:
                return confirm_unsubscribed();
            case 7:
                return confirm_flushed();
            case 8:
                return transport_.pass(std::chrono::seconds(next()));
            case 9:
                transport_.received = transport_.time;
                return;
            case 10:
                return deliver(next());
            case 11:
                return end_by_max_messages();
            case 12:
                return rare(next());
            case 13:
                return conclude(next());
            default:
                return send(encode(request(next() % 8)));
        }
    }

    void deliver(std::uint8_t how) {
        const std::string_view payload = take(how % 32);
        const auto headers = std::span(&kLast, how < 224 ? 0 : 1);
        const TestMessage message("log.x", payload, headers);
        (void)session_->deliver(message.delivery(next(), "_REPLY.1"));
        require(
            headers.empty() || !raw_.close_by_message || transport_.closed || !waiting_.empty(),
            "a message that is marked as the last closes"
        );
    }

    // The host has authenticated or refused the client.
    void conclude(std::uint8_t how) {
        if (attempts_concluded_ == transport_.attempts.size()) {
            return;
        }
        ++attempts_concluded_;
        const auto result = static_cast<access::AuthResult>(how % 5);
        if (result == access::AuthResult::authenticated) {
            transport_.is_user = &user_;
        }
        session_->on_authenticated(result);
        note_requests();  // pending input is processed
    }

    // Those that are not caused by a frame.
    void note_requests() {
        for (const FakeTransport::Request& request : transport_.requests) {
            if (std::ranges::count(seen_requests_, request.id) == 0) {
                seen_requests_.push_back(request.id);
                waiting_.push_back(request.id);
            }
        }
    }

    void rare(std::uint8_t what) {
        if (what < 32) {
            end_input();
        } else if (what < 48) {
            session_->on_drain();
        } else if (what < 52) {
            session_->refuse({.code = v1::SLOW_CONSUMER, .text = "slow", .closing = true});
            transport_.close(session::CloseReason::slow_consumer, "");
        } else if (what < 68) {
            send(encode(durable(what % 8, what % 16 == 0 ? "a.*" : "log.a")));
        } else if (what < 84) {
            store(what % 3);
        } else if (what < 92) {
            send(encode(consume(what % 8)));
        } else if (what < 100) {
            send(encode(acknowledge(what % 8, what % 3)));
        } else if (what < 104) {
            deliver_stored(what % 8);
        }
    }

    void deliver_stored(std::uint64_t subscription) {
        const TestMessage message("log.a", take(8));
        (void)session_->deliver_stored(
            {.subscription = subscription,
             .subject = "log.a",
             .body = message.body(),
             .position = {.sequence = 7, .unix_nanoseconds = 1, .attempt = 1, .redelivered = false}}
        );
    }

    // Ends the oldest durable publication.
    void store(std::uint8_t how) {
        if (transport_.durable.empty()) {
            return;
        }
        const std::uint64_t id = transport_.durable.front();
        if (how == 0) {
            transport_.store(id, {.stream = "LOG", .sequence = 1});
        } else {
            transport_.store(id, {.code = v1::WRONG_SEQUENCE, .text = "no", .sequence = how});
        }
        const auto ids = answered_ids();
        require(ids.size() == 1 && ids[0] == id, "an outcome is written once, at once");
    }

    static v1::Frame typical(std::uint8_t which) {
        const std::uint64_t id = which / 16;
        switch (which % 16) {
            case 0:
                return hello();
            case 1:
                return introduction(id);
            case 2:
                return subscribe(id);
            case 3:
                return unsubscribe(id);
            case 4:
                return credit(id, 3);
            case 5:
                return flush(id);
            case 6:
                return ping(id);
            case 7:
                return pong(id);
            case 8:
                return id == 7 ? goodbye() : publish("a.b");
            case 9:
                return publish("_REPLY.1");
            case 10:
                return publish("$SYS.x");
            case 11:
                return request(id, "$SYS.echo", 5);
            case 12:
                return request(id, "a.*");
            case 13:
                return subscribe(id, "_REPLY.>");
            default:
                return request(id);
        }
    }

    static v1::Frame introduction(std::uint64_t how) {
        v1::Frame frame = hello();
        switch (how % 5) {
            case 0:
                frame.mutable_hello()->set_user("known");
                frame.mutable_hello()->set_password("secret");
                return frame;
            case 1:
                frame.mutable_hello()->set_token("token");
                return frame;
            case 2:
                frame.mutable_hello()->set_public_key(std::string(32, 'k'));
                return frame;
            case 3:
                frame.mutable_hello()->set_token("token");
                frame.mutable_hello()->set_public_key("short");
                return frame;
            default:
                frame.mutable_proof()->set_signature(std::string(64, 's'));
                return frame;
        }
    }

    std::string encode(const v1::Frame& frame) const {
        std::string text;
        if (content_ == Content::text) {
            // A text of the script that is not UTF-8 is said as an empty line.
            (void)wire::append_json(text, frame);
        } else {
            text = frame.SerializeAsString();
        }
        return text;
    }

    void send(const std::string& frame) {
        if (input_ended_ || !session_->takes_input()) {
            return;
        }
        const std::size_t asked_before = transport_.requests.size();
        const std::vector<std::uint64_t> waiting = waiting_;
        session_->on_frame({frame, nullptr});
        require(transport_.requests.size() <= asked_before + 1, "one frame makes one request");
        for (std::size_t i = asked_before; i < transport_.requests.size(); ++i) {
            const std::uint64_t id = transport_.requests[i].id;
            require(std::ranges::count(waiting, id) == 0, "a request id is used once at a time");
            waiting_.push_back(id);
            seen_requests_.push_back(id);
        }
        for (const std::uint64_t id : transport_.durable) {
            require(std::ranges::count(waiting_, id) == 0, "a durable publication has its own id");
        }
        // A frame may be refused by its own id, which no waiting request has.
        for (const std::uint64_t id : answered_ids()) {
            require(std::ranges::count(waiting_, id) == 0, "a refusal answers no other request");
            require(std::ranges::count(transport_.durable, id) == 0, "nor a durable publication");
        }
    }

    void answer(std::uint8_t which, bool well) {
        if (waiting_.empty()) {
            return;
        }
        const auto at = waiting_.begin() + which % static_cast<std::ptrdiff_t>(waiting_.size());
        const std::uint64_t id = *at;
        waiting_.erase(at);
        if (well) {
            const bool last = which >= 224;
            if (last || (raw_.close_after_reply && !is_connect(id))) {
                last_answer_allowed_ = std::min(last_answer_allowed_, id);
            }
            const TestMessage message(
                "_REPLY.x", std::to_string(id), std::span(&kLast, last ? 1 : 0)
            );
            (void)transport_.try_answer(id, message);
        } else {
            session_->on_request_failed(id, v1::NO_RESPONDERS);
        }
        if (content_ != Content::payload) {
            const auto ids = answered_ids();
            require(ids.size() == 1 && ids[0] == id, "an answer is written once, at once");
        }
    }

    void confirm_subscribed() {
        if (const auto id = pop(transport_.subscribing); id && transport_.has_subscription(*id)) {
            session_->on_subscribed(*id);
            note_requests();
        }
    }

    void confirm_unsubscribed() {
        if (const auto id = pop(transport_.unsubscribing)) {
            session_->on_unsubscribed(*id, 1, 0);
        }
    }

    void confirm_flushed() {
        if (!transport_.answers_at_once && flushes_done_ < transport_.flushed.size()) {
            session_->on_flushed(transport_.flushed[flushes_done_++]);
        }
    }

    void end_by_max_messages() {
        if (!transport_.subscriptions.empty()) {
            const std::uint64_t id = transport_.subscriptions.begin()->first;
            transport_.subscriptions.erase(id);
            session_->on_unsubscribed(id, 1, 0);
        }
    }

    void end_input() {
        if (!std::exchange(input_ended_, true) && !options_.datagram) {
            session_->on_end_of_input();
        }
    }

    // Ends the input and completes every request: the session must close.
    void finish() {
        for (int round = 0; !transport_.closed; ++round) {
            require(round < 1000, "a session that owes nothing closes after its input ended");
            end_input();
            if (!transport_.closed) {
                settle_one();
            }
            check();
        }
    }

    void settle_one() {
        if (!waiting_.empty()) {
            answer(0, true);
        } else if (!transport_.durable.empty()) {
            store(0);
        } else if (!transport_.subscribing.empty()) {
            confirm_subscribed();
        } else if (!transport_.unsubscribing.empty()) {
            confirm_unsubscribed();
        } else if (attempts_concluded_ < transport_.attempts.size()) {
            conclude(0);
        } else {
            confirm_flushed();
        }
    }

    void check() {
        require(transport_.breaches == 0, "the contract with the host is kept");
        require(
            transport_.is_user != &access::anonymous() ||
                (transport_.published.empty() && transport_.requests.empty() &&
                 transport_.subscriptions.empty() && transport_.flushed.empty()),
            "anonymous peers do nothing"
        );
        if (content_ == Content::payload) {
            check_raw_answers();
        } else {
            for (const std::string& frame : transport_.controls) {
                parse(frame);
            }
            for (const std::string& frame : transport_.deliveries) {
                parse(frame);
            }
        }
        transport_.controls.clear();
        transport_.deliveries.clear();
        transport_.published.clear();
    }

    void check_raw_answers() {
        for (const std::string& text : transport_.controls) {
            const std::uint64_t id = std::stoull(text);
            require(
                options_.datagram || id == last_answer_ + 1,
                "raw answers come in the order of their requests"
            );
            require(
                options_.datagram || id <= last_answer_allowed_, "nothing follows the last answer"
            );
            last_answer_ = id;
        }
    }

    v1::Frame parse(std::string_view frame) const {
        return content_ == Content::text ? parse_json(frame) : parse_binary(frame);
    }

    std::vector<std::uint64_t> answered_ids() const {
        std::vector<std::uint64_t> ids;
        for (const std::string& bytes :
             content_ == Content::payload ? std::vector<std::string>{} : transport_.controls) {
            if (const v1::Frame frame = parse(bytes); frame.request() != 0) {
                ids.push_back(frame.request());
            }
        }
        return ids;
    }

    bool is_connect(std::uint64_t id) const { return raw_.connect && id == 1; }

    static std::optional<std::uint64_t> pop(std::vector<std::uint64_t>& ids) {
        if (ids.empty()) {
            return std::nullopt;
        }
        const std::uint64_t id = ids.front();
        ids.erase(ids.begin());
        return id;
    }

    std::uint8_t next() {
        const std::string_view one = take(1);
        return one.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(one[0]);
    }

    std::string_view take(std::size_t size) {
        const std::string_view taken = bytes_.substr(0, size);
        bytes_.remove_prefix(taken.size());
        return taken;
    }

    static void require(bool holds, const char* what) {
        if (!holds) {
            throw std::logic_error(what);
        }
    }

    static constexpr wire::HeaderView kLast{wire::kCloseHeader, ""};

    const Content content_;
    const bool is_raw_;
    std::string_view bytes_;
    session::raw::RawOptions raw_;
    std::uint64_t last_answer_allowed_ = std::numeric_limits<std::uint64_t>::max();
    session::SessionOptions options_;
    FakeTransport transport_;
    std::unique_ptr<session::Session> session_;
    access::User user_;
    std::size_t attempts_concluded_ = 0;
    std::vector<std::uint64_t> seen_requests_;
    std::vector<std::uint64_t> waiting_;
    std::size_t flushes_done_ = 0;
    std::uint64_t last_answer_ = 0;
    bool input_ended_ = false;
};

}  // namespace telex::testing
