#pragma once
// A NATS session driven by bytes: commands of a client, cut anywhere, and events of the exchange in
// any order. For fuzzing, and for unit tests with seeded bytes.
//
// After each step the session must have done what the naive server says (naive_nats_server.hpp), a
// strict client must understand every byte that it wrote, and the contract with its ports must
// hold. The bytes go through the decoder as server/stream/frame_reader does it: cut as the script
// says, whole, and byte by byte, always with the same result.
//
//   script = arrangement (4 bytes), then steps: one byte that selects it, and its arguments
#include "protocols/nats/command_decoder.hpp"
#include "protocols/nats/command_encoder.hpp"
#include "protocols/nats/nats_session.hpp"
#include "support/fake_transport.hpp"
#include "support/naive_nats_server.hpp"
#include "support/nats_commands.hpp"
#include "support/script_bytes.hpp"
#include "telex/v1/telex.pb.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::testing {

class NatsScript {
public:
    enum class Cuts : std::uint8_t { by_script, whole, bytes };

    NatsScript(std::string_view bytes, Cuts cuts)
        : cuts_(cuts), script_(bytes), commands_(script_) {
        arrange();
        model_.emplace(options_, transport_.is_user);
        model_->refuses_subscriptions = transport_.refuses_subscriptions;
        model_->flushes_at_once = transport_.answers_at_once;
        model_->start_clock(transport_.time);
        session_ = std::make_unique<session::nats::NatsSession>(transport_, transport_, options_);
        transport_.bind(*session_);
        decoder_.emplace(options_.max_frame_bytes);
        decoder_->limit_payload(session_->frame_limit());
        session_->start();
        check();
    }

    // Runs it with all kinds of cuts. Throws std::logic_error when something does not hold.
    static void run_all(std::string_view bytes) {
        for (const Cuts cuts : {Cuts::by_script, Cuts::whole, Cuts::bytes}) {
            NatsScript(bytes, cuts).run();
        }
    }

    void run() {
        while (!script_.empty() && !transport_.closed) {
            step(next());
            check();
        }
        finish();
        nats_require(
            decoder_->examined() <= 3 * sent_bytes_ + decode_calls_ + looked_at_,
            "the work of decoding is linear"
        );
    }

private:
    // --- the arrangement ------------------------------------------------------------------------
    void arrange() {
        const std::uint8_t how = next();
        const std::uint8_t who = next();
        const std::uint8_t run = next();
        transport_.answers_at_once = (how & 1U) != 0;
        transport_.refuses_subscriptions = (how & 2U) != 0;
        script_.seed_chances(next());
        if ((how & 4U) == 0) {
            options_.max_frame_bytes = 64;
            options_.max_subscriptions = 4;
            options_.max_headers = 2;
        }
        options_.max_frame_bytes_before_hello = (how & 8U) != 0 ? 16U << 10U : 200;
        options_.max_pending_requests = 4;
        transport_.run_part = run == 0 ? SIZE_MAX : run % 8;
        user_.name = "known";
        user_.publish.allow = user_.subscribe.allow = {">", "$KV.>"};
        user_.publish.deny = user_.subscribe.deny = {"a.b"};
        user_.limits.max_payload_bytes = 20;
        other_ = user_;
        other_.publish.deny = {"a", "svc"};
        switch (who % 4) {
            case 1:
                transport_.is_user = &access::anonymous();
                break;
            case 2:
                transport_.is_user = &user_;
                break;
            default:
                break;
        }
    }

    // --- steps ----------------------------------------------------------------------------------
    void step(std::uint8_t what) {
        switch (what % 24) {
            case 0:
                return feed(std::string(script_.take(next())));
            case 1:
                return feed(commands_.connect(next()));
            case 2:
                return feed(commands_.ping());
            case 3:
            case 4:
            case 5:
                return feed(commands_.publication(next()));
            case 6:
                return feed(commands_.with_headers(next()));
            case 7:
            case 8:
                return feed(commands_.subscription(next()));
            case 9:
                return feed(commands_.unsubscription(next()));
            case 10:
                return feed(commands_.oddity(next()));
            case 11:
                return feed(commands_.repetition(next()));
            case 12:
                return confirm_flushed();
            case 13:
                return settle_publication(next());
            case 14:
                return settle_request(next());
            case 15:
                return conclude(next());
            case 16:
                return deliver(next());
            case 17:
                return deliver_run(next());
            case 18:
                return pass(next());
            case 19:
                return end_subscription(next());
            case 20:
                return confirm_unsubscribed();
            case 21:
                return change_user();
            default:
                return rare(next());
        }
    }

    void rare(std::uint8_t what) {
        if (what < 32) {
            end_input();
        } else if (what < 48) {
            model_->drain();
            session_->on_drain();
        } else if (what < 56) {
            model_->slow_consumer();
            session_->refuse(
                {.code = v1::SLOW_CONSUMER,
                 .text = {},
                 .closing = true,
                 .pending_bytes = 7,
                 .limit = 5}
            );
            transport_.close(session::CloseReason::slow_consumer, "");
        } else if (what < 64) {
            model_->kicked();
            session_->refuse({.code = v1::KICKED, .text = "kicked", .closing = true});
            transport_.close(session::CloseReason::kicked, "");
        }
    }

    // --- bytes in -----------------------------------------------------------------------------
    void feed(const std::string& bytes) {
        if (bytes.empty() || input_ended_ || transport_.closed) {
            return;
        }
        sent_bytes_ += bytes.size();
        model_->feed(bytes, transport_.time);
        transport_.received = transport_.time;
        std::string_view left = bytes;
        while (!left.empty()) {
            const std::size_t piece = std::min(left.size(), piece_size());
            input_ += left.substr(0, piece);
            left.remove_prefix(piece);
            work_off();
        }
    }

    std::size_t piece_size() {
        switch (cuts_) {
            case Cuts::whole:
                return SIZE_MAX;
            case Cuts::bytes:
                return 1;
            default:
                return 1 + (cut_random_ = cut_random_ * 1'103'515'245U + 12'345U) / 65'536U % 23U;
        }
    }

    // A copy that fits exactly, so that a sanitizer sees each read beyond it.
    ByteView copy_of_input() {
        copy_.reset(new char[input_.size()]);
        std::copy(input_.begin(), input_.end(), copy_.get());
        return {copy_.get(), input_.size()};
    }

    void work_off() {
        using Kind = codec::DecodeStep::Kind;
        while (!transport_.closed && session_->takes_input()) {
            const ByteView input = copy_of_input();
            ++decode_calls_;
            const codec::DecodeStep step = decoder_->decode(input);
            nats_require(step.kind != Kind::skip, "nothing of NATS is skipped");
            if (step.kind == Kind::need_more) {
                nats_require(step.consumed == 0 && step.need > input.size(), "a possible need");
                return;
            }
            if (step.kind == Kind::error) {
                return refuse_input(step.error);
            }
            nats_require(step.consumed > 0 && step.consumed <= input.size(), "progress");
            input_.erase(0, step.consumed);
            session_->on_frame({step.payload, nullptr});
            if (!transport_.closed && session_->expects_more()) {
                take_ahead();
            }
            decoder_->limit_payload(session_->frame_limit());
        }
    }

    void take_ahead() {
        while (cuts_ != Cuts::bytes && !transport_.closed) {
            const ByteView input = copy_of_input();
            std::array<codec::FrameAhead, 100> places;
            const std::size_t most = cuts_ == Cuts::whole ? places.size() : 1 + random() % 5;
            const auto frames =
                std::span(places).first(decoder_->look_ahead(input, std::span(places).first(most)));
            if (frames.empty()) {
                return;
            }
            const std::size_t taken = session_->on_frames_ahead(frames, nullptr);
            nats_require(taken <= frames.size(), "no more frames than there are");
            looked_at_ += frames.back().end;
            if (taken == 0) {
                return;
            }
            input_.erase(0, frames[taken - 1].end);
            if (taken < frames.size()) {
                return;
            }
        }
    }

    void refuse_input(codec::FrameError error) {
        const bool too_large = error == codec::FrameError::too_large;
        session_->refuse(
            {.code = too_large ? v1::FRAME_TOO_LARGE : v1::BAD_FRAME,
             .text = "framing error",
             .closing = true,
             .framing = error}
        );
        transport_.close(session::CloseReason::bad_frame, "");
    }

    void end_input() {
        if (std::exchange(input_ended_, true)) {
            return;
        }
        model_->end_input();
        const codec::DecodeStep last = decoder_->finish(copy_of_input());
        if (last.kind == codec::DecodeStep::Kind::error) {
            refuse_input(last.error);
        } else {
            session_->on_end_of_input();
        }
    }

    // --- events of the exchange -----------------------------------------------------------------
    void confirm_flushed() {
        if (!transport_.answers_at_once && flushes_done_ < transport_.flushed.size()) {
            ++flushes_done_;
            model_->flushed();
            session_->on_flushed(0);
        }
    }

    void confirm_unsubscribed() {
        if (!transport_.unsubscribing.empty()) {
            const std::uint64_t id = transport_.unsubscribing.front();
            transport_.unsubscribing.erase(transport_.unsubscribing.begin());
            session_->on_unsubscribed(id, 1, 0);
        }
    }

    void settle_publication(std::uint8_t receivers) {
        if (outcomes_done_ < transport_.publish_options.size()) {
            const std::uint64_t number = transport_.publish_options[outcomes_done_++].confirmation;
            const std::string reply = model_->waiting.front();
            model_->waiting.pop_front();
            model_->outcome(reply, receivers % 2);
            session_->on_published(number, receivers % 2);
        }
    }

    void settle_request(std::uint8_t how) {
        if (replies_done_ >= transport_.requests.size()) {
            return;
        }
        const std::uint64_t id = transport_.requests[replies_done_++].id;
        const std::string reply = model_->asking.front();
        model_->asking.pop_front();
        if (how % 4 < 2) {
            const std::string text = commands_.payload(how);
            model_->reply(reply, text);
            (void)transport_.try_answer(id, text);
        } else {
            const auto code = how % 4 == 2 ? v1::NO_RESPONDERS : v1::TIMEOUT;
            model_->request_failed(reply, code);
            session_->on_request_failed(id, code);
        }
    }

    void conclude(std::uint8_t how) {
        if (attempts_done_ == transport_.attempts.size()) {
            return;
        }
        ++attempts_done_;
        const auto result = static_cast<access::AuthResult>(how % 5);
        const bool well = result == access::AuthResult::authenticated;
        if (well) {
            transport_.is_user = &user_;
        }
        model_->authenticated(well ? &user_ : nullptr);
        session_->on_authenticated(result);
        decoder_->limit_payload(session_->frame_limit());
        if (!transport_.closed) {
            work_off();
        }
    }

    void change_user() {
        if (transport_.is_user == &user_ || transport_.is_user == &other_) {
            transport_.is_user = transport_.is_user == &user_ ? &other_ : &user_;
            model_->user_changed(transport_.is_user);
            session_->on_user_changed();
        }
    }

    void pass(std::uint8_t seconds) {
        transport_.time += std::chrono::seconds(2 * seconds);
        model_->tick(transport_.time);
        const bool due = transport_.time >= session_->next_deadline();
        const std::size_t before = transport_.controls.size();
        session_->on_tick();
        nats_require(
            due || (transport_.controls.size() == before && !transport_.closed),
            "nothing happens before the deadline"
        );
    }

    // By its limit of messages, or because the user may no longer have it.
    void end_subscription(std::uint8_t how) {
        const auto one = pick_subscription(how);
        if (!one) {
            return;
        }
        transport_.subscriptions.erase(one->first);
        if (how % 2 == 0) {
            model_->forget(one->second.sid);
        } else {
            model_->subscription_ended(one->second.sid);
            session_->refuse(
                {.code = v1::PERMISSION_DENIED,
                 .text = "user 'known' may not\r\n",
                 .subscription = one->first}
            );
        }
        session_->on_unsubscribed(one->first, 1, 0);
    }

    // --- deliveries -----------------------------------------------------------------------------
    using Numbered = std::pair<std::uint64_t, NaiveSubscription>;

    std::optional<Numbered> pick_subscription(std::uint8_t which) const {
        const auto all = numbered();
        return all.empty() ? std::nullopt : std::optional(all[which % all.size()]);
    }

    // Names that are numbers are their own; others have numbers in the order of their SUBs.
    std::vector<Numbered> numbered() const {
        std::vector<std::uint64_t> ids;
        for (const auto& [id, spec] : transport_.subscriptions) {
            ids.push_back(id);
        }
        nats_require(ids.size() == model_->subscriptions.size(), "the subscriptions agree");
        std::vector<Numbered> all;
        for (const NaiveSubscription& one : model_->subscriptions) {
            const auto plain = std::ranges::find_if(ids, [&](std::uint64_t id) {
                return std::to_string(id) == one.sid;
            });
            if (plain != ids.end()) {
                all.emplace_back(*plain, one);
                ids.erase(plain);
            } else {
                all.emplace_back(0, one);
            }
        }
        std::size_t named = 0;
        for (Numbered& one : all) {
            if (one.first == 0) {
                one.first = ids.at(named++);
            }
        }
        return all;
    }

    void deliver(std::uint8_t how) {
        const auto one = pick_subscription(how);
        if (!one) {
            return;
        }
        const std::uint8_t kind = next();
        NaivePublication message{.subject = "log.x", .payload = commands_.payload(next())};
        if (kind % 4 == 1) {
            message.headers = {{"A", "1"}, {"B", ""}};
        } else if (kind % 4 == 2) {
            message.headers = {{"", "x\r\ny"}, {"a b:c", "\xc3\xa9"}};
        } else if (kind % 4 == 3) {
            message.block = std::string(script_.take(1 + kind / 16));
            message.block.resize(1 + kind / 16, 'b');
        }
        const std::string reply = kind % 8 < 4 ? "" : "_REPLY.1";
        const bool has_block = !message.headers.empty() || !message.block.empty();
        const bool in_headers = has_block && model_->headers();
        expected_deliveries_.push_back(
            {.verb = in_headers ? "HMSG" : "MSG",
             .text = {},
             .subject = message.subject,
             .sid = one->second.sid,
             .reply = reply,
             .block = !in_headers             ? ""
                      : message.block.empty() ? naive_block(message.headers)
                                              : message.block,
             .payload = message.payload}
        );
        const std::string body = encode(message);
        const wire::MessageView view = wire::scan_message(body).value();
        nats_require(
            session_->deliver({one->first, view, reply, nullptr, one->first}).has_value(),
            "a message is delivered"
        );
    }

    void deliver_run(std::uint8_t how) {
        const auto one = pick_subscription(how);
        if (!one) {
            return;
        }
        std::vector<std::unique_ptr<TestMessage>> keep;
        std::vector<wire::PlainMessage> messages;
        std::uint8_t size = next() % 20;
        for (int i = 0; i < 1 + how % 100; ++i) {
            size = i % (1 + how % 7) == 0 ? static_cast<std::uint8_t>((size + how) % 20) : size;
            keep.push_back(std::make_unique<TestMessage>("r.x", std::string(size, 'r')));
            const std::string& body = keep.back()->body();
            messages.push_back({body, 2, static_cast<std::uint32_t>(body.size() - size)});
        }
        const broker::PublicationRun run{"r.x", messages, nullptr};
        const std::size_t done = session_->deliver_run({one->first, run, one->first});
        nats_require(
            transport_.run_part == 0 ? done == 0 : done > 0 && done <= messages.size(),
            "a run is delivered from its front"
        );
        for (std::size_t i = 0; i < done; ++i) {
            expected_deliveries_.push_back(
                {.verb = "MSG",
                 .text = {},
                 .subject = "r.x",
                 .sid = one->second.sid,
                 .reply = {},
                 .block = {},
                 .payload = std::string(messages[i].payload())}
            );
        }
    }

    static std::string encode(const NaivePublication& message) {
        v1::Message encoded;
        encoded.set_subject(message.subject);
        encoded.set_payload(message.payload);
        for (const auto& [name, value] : message.headers) {
            v1::Header* const header = encoded.add_headers();
            header->set_name(name);
            header->set_value(value);
        }
        encoded.set_header_block(message.block);
        return encoded.SerializeAsString();
    }

    static NaivePublication decode(const std::string& body) {
        v1::Message message;
        nats_require(message.ParseFromString(body), "a publication is a Message");
        NaivePublication decoded{
            .subject = message.subject(),
            .reply = message.reply(),
            .payload = message.payload(),
            .headers = {},
            .block = message.header_block()
        };
        for (const v1::Header& header : message.headers()) {
            decoded.headers.emplace_back(header.name(), header.value());
        }
        return decoded;
    }

    // --- the end --------------------------------------------------------------------------------
    // Ends the input and completes everything that waits: the session must close.
    void finish() {
        for (int round = 0; !transport_.closed; ++round) {
            nats_require(round < 5'000, "a session that owes nothing closes after its input ended");
            end_input();
            if (!transport_.closed) {
                settle_one();
            }
            check();
        }
    }

    void settle_one() {
        if (attempts_done_ < transport_.attempts.size()) {
            conclude(0);
        } else if (outcomes_done_ < transport_.publish_options.size()) {
            settle_publication(0);
        } else if (replies_done_ < transport_.requests.size()) {
            settle_request(2);
        } else {
            confirm_flushed();
        }
    }

    // --- comparing ------------------------------------------------------------------------------
    void check() {
        nats_require(transport_.breaches == 0, "the contract with the ports is kept");
        check_output();
        check_deliveries();
        check_publications();
        check_subscriptions();
        nats_require(transport_.flushed.size() == model_->flushes, "flushes");
        nats_require(transport_.attempts.size() == model_->attempts, "attempts to sign in");
        nats_require(
            transport_.closed.has_value() == model_->closed,
            transport_.closed ? "it closed: " + transport_.close_detail : "it should have closed"
        );
        std::size_t refusals = 0;
        for (const auto& [code, count] : transport_.refusals) {
            refusals += static_cast<std::size_t>(count);
        }
        nats_require(refusals == model_->refusals, "each error is counted once");
        nats_require(
            !model_->is_required() || (transport_.subscriptions.empty() &&
                                       transport_.requests.empty() && transport_.flushed.empty()),
            "anonymous peers do nothing"
        );
    }

    std::vector<NaiveReply> written(std::vector<std::string>& frames) {
        std::string stream;
        for (const std::string& frame : frames) {
            nats_require(encoder_->encode(frame, stream).has_value(), "a frame fits");
        }
        frames.clear();
        return naive_output(stream);
    }

    static bool fits(const std::string& expected, const std::string& actual) {
        return expected.ends_with('*') ? actual.starts_with(expected.substr(0, expected.size() - 1))
                                       : expected == actual;
    }

    void check_output() {
        const std::vector<NaiveReply> actual = written(transport_.controls);
        std::string both = "expected";
        for (const NaiveReply& line : model_->output) {
            both += "\n  " + to_string(line);
        }
        both += "\nactual";
        for (const NaiveReply& line : actual) {
            both += "\n  " + to_string(line);
        }
        nats_require(actual.size() == model_->output.size(), both);
        for (std::size_t i = 0; i < actual.size(); ++i) {
            NaiveReply expected = model_->output[i];
            nats_require(
                fits(expected.text, actual[i].text) && fits(expected.sid, actual[i].sid), both
            );
            expected.text = actual[i].text;
            expected.sid = actual[i].sid;
            nats_require(expected == actual[i], both);
        }
        model_->output.clear();
    }

    void check_deliveries() {
        const std::vector<NaiveReply> actual = written(transport_.deliveries);
        const auto expected = std::exchange(expected_deliveries_, {});
        nats_require(actual.size() == expected.size(), "as many deliveries");
        for (std::size_t i = 0; i < actual.size(); ++i) {
            nats_require(
                actual[i] == expected[i],
                "delivery " + to_string(actual[i]) + "\nexpected " + to_string(expected[i])
            );
        }
    }

    void check_publications() {
        std::string both = "published";
        for (const auto& one : transport_.published) {
            both += "\n  " + one.subject + " " + one.payload;
        }
        both += "\nexpected";
        for (const auto& one : model_->published) {
            both += "\n  " + one.subject + " " + one.payload;
        }
        nats_require(transport_.published.size() == model_->published.size(), both);
        for (std::size_t i = 0; i < transport_.published.size(); ++i) {
            NaivePublication actual = decode(transport_.published[i].body);
            actual.echoes = transport_.published[i].echoes;
            const NaivePublication& expected = model_->published[i];
            if (expected.payload == "JetStream not enabled*") {
                const auto answer = nlohmann::json::parse(actual.payload);
                nats_require(answer.at("error").at("err_code") == 10'076, actual.payload);
                actual.payload = expected.payload;
            }
            nats_require(actual == expected, both);
        }
        transport_.published.clear();
        model_->published.clear();
        nats_require(transport_.requests.size() == model_->requests.size(), "requests");
        for (std::size_t i = 0; i < transport_.requests.size(); ++i) {
            nats_require(
                transport_.requests[i].subject == model_->requests[i].subject &&
                    transport_.requests[i].payload == model_->requests[i].payload,
                "a request as it was published"
            );
        }
        nats_require(
            transport_.publish_options.size() == outcomes_done_ + model_->waiting.size(), "outcomes"
        );
    }

    void check_subscriptions() {
        for (const auto& [id, one] : numbered()) {
            const session::SubscriptionSpec& spec = transport_.subscriptions.at(id);
            nats_require(
                spec.filter == one.filter && spec.queue_group == one.queue &&
                    spec.no_echo == one.no_echo,
                "subscription " + one.sid + " to " + one.filter
            );
            if (one.max_messages) {
                const auto set = transport_.max_messages.find(id);
                nats_require(
                    set != transport_.max_messages.end() && set->second == *one.max_messages,
                    "the limit of " + one.sid
                );
            }
        }
    }

    std::uint8_t next() { return script_.next(); }

    unsigned random() { return (cut_random_ = cut_random_ * 1'103'515'245U + 12'345U) / 65'536U; }

    const Cuts cuts_;
    ScriptBytes script_;
    NatsCommands commands_;
    std::uint32_t cut_random_ = 7;
    session::SessionOptions options_;
    access::User user_;
    access::User other_;
    FakeTransport transport_;
    std::optional<NaiveNatsServer> model_;
    std::unique_ptr<session::Session> session_;
    std::optional<session::nats::CommandDecoder> decoder_;
    std::unique_ptr<codec::Encoder> encoder_ = session::nats::make_command_encoder(1U << 20U);
    std::string input_;
    std::unique_ptr<char[]> copy_;
    std::vector<NaiveReply> expected_deliveries_;
    std::size_t flushes_done_ = 0;
    std::size_t outcomes_done_ = 0;
    std::size_t replies_done_ = 0;
    std::size_t attempts_done_ = 0;
    std::uint64_t sent_bytes_ = 0;
    std::uint64_t decode_calls_ = 0;
    std::uint64_t looked_at_ = 0;
    bool input_ended_ = false;
};

}  // namespace telex::testing
