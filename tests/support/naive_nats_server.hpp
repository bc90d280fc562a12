#pragma once
// A server of NATS for one client as nats-server 2.9.10 behaves and docs/nats.md says where telex
// differs: bytes and events go in, what must happen comes out. Slow, and without a line of
// daemon/protocols/nats: the oracle of support/nats_script.hpp.
#include "access/users.hpp"
#include "base/printable.hpp"
#include "base/time.hpp"
#include "broker/reserved_subjects.hpp"
#include "session/options.hpp"
#include "support/naive_nats.hpp"
#include "wire/errors.hpp"
#include "wire/reply_headers.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::testing {

struct NaivePublication {
    std::string subject{};
    std::string reply{};
    std::string payload{};
    NaiveHeaderList headers{};
    std::string block{};  // where it cannot be written from the headers
    bool echoes = false;  // a reply of the exchange: also for a client without echo

    friend bool operator==(const NaivePublication&, const NaivePublication&) = default;
};

struct NaiveSubscription {
    std::string sid;
    std::string filter;
    std::string queue;
    bool no_echo = false;
    std::optional<std::uint64_t> max_messages;  // as UNSUB has set it
};

class NaiveNatsServer {
public:
    NaiveNatsServer(const session::SessionOptions& options, const access::User* user)
        : options_(options), user_(user), required_(user == &access::anonymous()) {
        write("INFO");
    }

    // --- what must have happened ----------------------------------------------------------------
    std::vector<NaiveReply> output;  // a text that ends with '*' stands for any longer one
    std::vector<NaivePublication> published;
    std::vector<NaivePublication> requests;
    std::vector<NaiveSubscription> subscriptions;  // in the order of their SUBs
    std::deque<std::string> waiting;               // reply subjects of publications with an outcome
    std::deque<std::string> asking;                // of requests to the exchange
    std::size_t attempts = 0;
    std::size_t flushes = 0;
    std::size_t refusals = 0;
    bool closed = false;
    bool refuses_subscriptions = false;
    bool flushes_at_once = false;  // the exchange flushes from inside the call

    bool headers() const { return headers_; }

    bool is_required() const { return required_; }

    // --- what happens -------------------------------------------------------------------------
    void feed(std::string_view bytes, TimePoint now) {
        input_ += bytes;
        received_ = now;
        pings_sent_ = 0;
        work_off();
    }

    void end_input() {
        if (closed) {
            return;
        }
        if (!input_.empty()) {
            // Cut off within a command.
            return close_with("INFO", "ldm");
        }
        end_pending_ = true;
        settle();
    }

    void flushed() {
        --pings_;
        write("PONG");
        settle();
    }

    void outcome(const std::string& reply, std::uint64_t receivers) {
        if (receivers == 0) {
            write_no_responders(reply);
        }
        settle();
    }

    void reply(const std::string& subject, std::string_view payload) {
        published.push_back({.subject = subject, .payload = std::string(payload), .echoes = true});
        settle();
    }

    void request_failed(const std::string& subject, v1::ErrorCode code) {
        if (code == v1::NO_RESPONDERS) {
            write_no_responders(subject);
        } else {
            published.push_back(
                {.subject = subject,
                 .payload = std::string(wire::meaning_of(code)),
                 .headers = {{std::string(wire::kErrorHeader), std::string(wire::name_of(code))}},
                 .echoes = true}
            );
        }
        settle();
    }

    void authenticated(const access::User* user) {
        authenticating_ = false;
        if (user == nullptr) {
            fail("Authorization Violation");
            return;
        }
        user_ = user;
        required_ = false;
        is_first_ = false;
        confirm();
        std::deque<NaiveCommand> held;
        held.swap(held_);
        held_bytes_ = 0;
        while (!held.empty() && !closed) {
            take(held.front());
            held.pop_front();
        }
        work_off();
        settle();
    }

    void user_changed(const access::User* user) { user_ = user; }

    void tick(TimePoint now) {
        if (closed || ended()) {
            return;
        }
        if (required_) {
            if (now >= started_ + options_.hello_timeout) {
                fail("Authentication Timeout");
            }
            return;
        }
        const TimePoint since = pings_sent_ == 0 ? received_ : pinged_;
        if (now < since + *options_.idle_timeout) {
            return;
        }
        if (pings_sent_ == 2) {
            fail("Stale Connection");
            return;
        }
        ++pings_sent_;
        pinged_ = now;
        write("PING");
    }

    void start_clock(TimePoint now) { started_ = received_ = now; }

    void drain() { write("INFO", "ldm"); }

    // The exchange has ended a subscription and says why.
    void subscription_ended(const std::string& sid) {
        write("-ERR", "Permissions Violation: *");
        forget(sid);
    }

    void forget(const std::string& sid) {
        std::erase_if(subscriptions, [&](const auto& one) { return one.sid == sid; });
    }

    void slow_consumer() { close_with("-ERR", "Permissions Violation: slow consumer, *"); }

    void kicked() { close_with("INFO", "ldm"); }

    // Those of this client that get a message to `subject` and are in no group.
    std::vector<std::string> sids_for(std::string_view subject) const {
        std::vector<std::string> sids;
        for (const NaiveSubscription& one : subscriptions) {
            if (one.queue.empty() && tokens_match(split(one.filter), split(subject))) {
                sids.push_back(one.sid);
            }
        }
        return sids;
    }

private:
    // --- bytes ----------------------------------------------------------------------------------
    void work_off() {
        while (!closed) {
            const std::size_t limit =
                required_
                    ? std::min(options_.max_frame_bytes, options_.max_frame_bytes_before_hello)
                    : options_.max_frame_bytes;
            const NaiveCut cut = naive_command(input_, limit);
            if (cut.error) {
                const bool payload = *cut.error == codec::FrameError::too_large;
                const bool line = *cut.error == codec::FrameError::head_too_large;
                return close_with(
                    "-ERR",
                    payload ? "Maximum Payload Violation"
                    : line  ? "maximum control line exceeded"
                            : "Unknown Protocol Operation"
                );
            }
            if (!cut.command) {
                return;
            }
            input_.erase(0, cut.command->size);
            take(*cut.command);
        }
    }

    void take(const NaiveCommand& command) {
        if (!authenticating_) {
            return receive(command);
        }
        held_bytes_ += command.held + sizeof(std::string);
        if (held_bytes_ > options_.max_frame_bytes_before_hello) {
            return fail("Authorization Violation");
        }
        held_.push_back(command);
    }

    void receive(const NaiveCommand& command) {
        if (required_ && command.verb != "CONNECT") {
            return fail("Authorization Violation");
        }
        is_first_ = is_first_ && command.verb == "CONNECT";
        if (command.verb == "PUB" || command.verb == "HPUB") {
            publish(command);
        } else if (command.verb == "SUB") {
            subscribe(command);
        } else if (command.verb == "UNSUB") {
            unsubscribe(command);
        } else if (command.verb == "CONNECT") {
            connect(command.rest);
        } else if (command.verb == "PING") {
            ping();
        } else if (command.verb == "+OK" || command.verb == "-ERR") {
            fail("");
        } else if (command.verb != "PONG" && command.verb != "INFO") {
            fail("Unknown Protocol Operation");
        }
    }

    void wrong_arguments(const NaiveCommand& command) {
        fail(command.words.empty() ? "Unknown Protocol Operation" : "");
    }

    // --- CONNECT and PING ------------------------------------------------------------------------
    void connect(const std::string& text) {
        const auto json = nlohmann::json::parse(text, nullptr, false);
        if (!json.is_object() || !has_right_types(json)) {
            return fail("");
        }
        const auto text_of = [&](const char* name) {
            return json.contains(name) && json[name].is_string() ? json[name].get<std::string>()
                                                                 : std::string();
        };
        const auto flag = [&](const char* name, bool otherwise) {
            return json.contains(name) && json[name].is_boolean() ? json[name].get<bool>()
                                                                  : otherwise;
        };
        const auto protocol = json.find("protocol");
        if (protocol != json.end() && !protocol->is_null() && *protocol != 0 && *protocol != 1) {
            return fail("invalid client protocol");
        }
        if (flag("no_responders", false) && !flag("headers", false)) {
            return fail("*");
        }
        verbose_ = flag("verbose", true);
        echo_ = flag("echo", true);
        headers_ = flag("headers", false);
        no_responders_ = flag("no_responders", false);
        const bool has_credentials = !text_of("nkey").empty() || !text_of("auth_token").empty() ||
                                     !text_of("user").empty() || !text_of("pass").empty();
        if (has_credentials && user_ != nullptr) {
            if (!is_first_) {
                return fail("Authorization Violation");
            }
            authenticating_ = true;
            ++attempts;
            return;
        }
        if (required_) {
            return fail("Authorization Violation");
        }
        is_first_ = false;
        confirm();
    }

    static bool has_right_types(const nlohmann::json& json) {
        const auto all = [&](std::initializer_list<const char*> names, auto fits) {
            return std::all_of(names.begin(), names.end(), [&](const char* name) {
                return !json.contains(name) || json[name].is_null() || fits(json[name]);
            });
        };
        return all({"verbose", "pedantic", "echo", "headers", "no_responders"},
                   [](const auto& value) { return value.is_boolean(); }) &&
               all({"protocol"}, [](const auto& value) { return value.is_number_integer(); }) &&
               all({"name", "lang", "version", "user", "pass", "auth_token", "nkey", "sig", "jwt"},
                   [](const auto& value) { return value.is_string(); });
    }

    void ping() {
        if (pings_ >= options_.max_pending_requests) {
            return fail("");
        }
        ++pings_;
        ++flushes;
        if (flushes_at_once) {
            flushed();
        }
    }

    // --- PUB ------------------------------------------------------------------------------------
    void publish(const NaiveCommand& command) {
        const bool with_headers = command.verb == "HPUB";
        const std::size_t sizes = with_headers ? 2 : 1;
        const std::vector<std::string>& words = command.words;
        if (words.size() != 1 + sizes && words.size() != 2 + sizes) {
            return wrong_arguments(command);
        }
        const auto block = with_headers ? nats_number(words[words.size() - 2]) : 0;
        if ((with_headers && !headers_) || !nats_number(words.back()) || !block ||
            *block > command.payload.size()) {
            return fail("");
        }
        NaivePublication message{
            .subject = words[0],
            .reply = words.size() == 2 + sizes ? words[1] : "",
            .payload = command.payload.substr(*block)
        };
        const std::string bytes = command.payload.substr(0, *block);
        message.headers = naive_headers(bytes);
        if (message.headers.empty() || naive_block(message.headers) != bytes) {
            message.block = bytes;
        }
        if (!may_publish(message)) {
            return refuse("Permissions Violation for Publish to \"*");
        }
        route(message);
        confirm();
    }

    static bool is_ordinary(const std::string& subject) {
        return !subject.starts_with('$') || subject.starts_with("$JS.") ||
               subject.starts_with("$KV.") || subject.starts_with("$O.") ||
               subject.starts_with("$SRV.");
    }

    bool may_publish(const NaivePublication& message) const {
        const std::string& subject = message.subject;
        const bool of_streams = subject.starts_with("$JS.API.");
        const bool of_exchange = subject.starts_with("$SYS.") && !message.reply.empty();
        const std::string& reply = message.reply;
        if (!valid_subject(subject, of_streams) || !(is_ordinary(subject) || of_exchange) ||
            (!reply.empty() && (!valid_subject(reply, false) || !is_ordinary(reply))) ||
            message.headers.size() > options_.max_headers) {
            return false;
        }
        if (user_ == nullptr) {
            return true;
        }
        const bool is_reply = subject == "_REPLY" || subject.starts_with("_REPLY.");
        const bool reply_allowed = reply.empty() || user_->publish.allows(reply) ||
                                   (reply.starts_with("_INBOX.") && user_->subscribe.allows(reply));
        return (is_reply || user_->publish.allows(subject)) && reply_allowed &&
               message.payload.size() <= user_->limits.max_payload_bytes.value_or(SIZE_MAX);
    }

    void route(const NaivePublication& message) {
        if (message.subject.starts_with("$SYS.")) {
            requests.push_back(message);
            asking.push_back(message.reply);
        } else if (message.subject.starts_with("$JS.API.")) {
            answer_without_streams(message);
        } else {
            published.push_back(message);
            if (!message.reply.empty() && no_responders_) {
                waiting.push_back(message.reply);
            }
        }
    }

    // Requests without a reply subject go nowhere.
    void answer_without_streams(const NaivePublication& message) {
        if (message.reply.empty()) {
            return;
        }
        const std::string call = message.subject.substr(8);
        if (call.starts_with("CONSUMER.MSG.NEXT.") || call.starts_with("DIRECT.GET.")) {
            return write_no_responders(message.reply);
        }
        published.push_back(
            {.subject = message.reply, .payload = "JetStream not enabled*", .echoes = true}
        );
    }

    void write_no_responders(const std::string& reply) {
        if (no_responders_ && !sids_for(reply).empty()) {
            output.push_back(
                {.verb = "HMSG",
                 .text = {},
                 .subject = reply,
                 .sid = "*",
                 .block = "NATS/1.0 503\r\n\r\n"}
            );
        }
    }

    // --- SUB and UNSUB --------------------------------------------------------------------------
    NaiveSubscription* find(const std::string& sid) {
        const auto found = std::ranges::find(subscriptions, sid, &NaiveSubscription::sid);
        return found == subscriptions.end() ? nullptr : &*found;
    }

    void subscribe(const NaiveCommand& command) {
        const std::vector<std::string>& words = command.words;
        if (words.size() != 2 && words.size() != 3) {
            return wrong_arguments(command);
        }
        NaiveSubscription one{
            .sid = words.back(),
            .filter = words[0],
            .queue = words.size() == 3 ? words[1] : "",
            .no_echo = !echo_,
            .max_messages = {}
        };
        if (find(one.sid) == nullptr) {
            if (refuses_subscriptions || !may_subscribe(one)) {
                // Those that the exchange refuses are counted by it.
                refusals += may_subscribe(one) ? 0 : 1;
                return write("-ERR", "Permissions Violation for Subscription to \"*");
            }
            subscriptions.push_back(one);
        }
        confirm();
    }

    bool may_subscribe(const NaiveSubscription& one) const {
        const bool of_replies = one.filter == "_REPLY" || one.filter.starts_with("_REPLY.");
        if (!valid_subject(one.filter, true) || of_replies || one.queue.size() > 255 ||
            printable(one.queue) != one.queue || one.sid.size() > 64 ||
            printable(one.sid) != one.sid || subscriptions.size() >= options_.max_subscriptions) {
            return false;
        }
        if (user_ == nullptr) {
            return !broker::selects_events(one.filter);
        }
        return user_->subscribe.allows_filter(one.filter) &&
               (one.queue.empty() || !user_->subscribe.hides_some_of(one.filter));
    }

    void unsubscribe(const NaiveCommand& command) {
        if (command.words.empty() || command.words.size() > 2) {
            return wrong_arguments(command);
        }
        if (NaiveSubscription* const one = find(command.words[0])) {
            const auto most = command.words.size() == 2 ? nats_number(command.words[1]) : 0;
            if (most && *most == 0) {
                forget(one->sid);
            } else if (most) {
                one->max_messages = *most;
            }
        }
        confirm();
    }

    // --- answers --------------------------------------------------------------------------------
    void write(const std::string& verb, const std::string& text = {}) {
        if (!closed) {
            output.push_back({.verb = verb, .text = text});
        }
    }

    void confirm() {
        if (verbose_) {
            write("+OK");
        }
    }

    void refuse(const std::string& text) {
        ++refusals;
        write("-ERR", text);
    }

    void fail(const std::string& text) {
        ++refusals;
        if (!text.empty()) {
            write("-ERR", text);
        }
        closed = true;
    }

    // By the connection, which counts it.
    void close_with(const std::string& verb, const std::string& text) {
        write(verb, text);
        closed = true;
    }

    bool ended() const { return end_pending_ && !authenticating_; }

    void settle() {
        if (ended() && pings_ == 0 && waiting.empty() && asking.empty()) {
            closed = true;
        }
    }

    const session::SessionOptions& options_;
    const access::User* user_;
    bool required_;
    bool authenticating_ = false;
    bool is_first_ = true;  // no command but CONNECT was carried out
    bool verbose_ = true;
    bool echo_ = true;
    bool headers_ = false;
    bool no_responders_ = false;
    bool end_pending_ = false;
    std::string input_;
    std::deque<NaiveCommand> held_;
    std::size_t held_bytes_ = 0;
    std::size_t pings_ = 0;  // without PONG
    int pings_sent_ = 0;     // without an answer
    TimePoint started_{};
    TimePoint received_{};
    TimePoint pinged_{};
};

}  // namespace telex::testing
