#include "protocols/nats/publisher.hpp"

#include "base/short_bytes.hpp"
#include "protocols/nats/error_text.hpp"
#include "protocols/nats/header_block.hpp"
#include "protocols/nats/jetstream_absence.hpp"
#include "protocols/nats/run_writer.hpp"
#include "wire/errors.hpp"
#include "wire/reply_headers.hpp"
#include "wire/subject.hpp"
#include "wire/writer.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace telex::session::nats {

namespace {

// Longer messages are encoded into a chunk, which their receivers share.
constexpr std::size_t kCopiedBytes = 4U << 10U;

constexpr std::string_view kExchange = "$SYS.";
constexpr std::string_view kStreamApi = "$JS.API.";
// Subjects of NATS that are ordinary here.
constexpr std::array<std::string_view, 4> kOrdinary = {"$JS.", "$KV.", "$O.", "$SRV."};

// Of an idle client.
constexpr std::size_t kKeptBuckets = 64;

// A node of the table, with its links and the hash, and the reply subject.
std::size_t memory_of_waiting(const std::string& reply) {
    return allocated(sizeof(std::pair<const std::uint64_t, std::string>) + 2 * sizeof(void*)) +
           memory_of(reply);
}

bool is_ordinary(std::string_view subject) {
    return !subject.starts_with('$') ||
           std::any_of(kOrdinary.begin(), kOrdinary.end(), [&](std::string_view prefix) {
               return subject.starts_with(prefix);
           });
}

Problem refused(v1::ErrorCode code, std::string_view subject) {
    return {code, publish_violation(subject)};
}

std::optional<Problem> refused_grammar(
    std::optional<wire::SubjectError> error, std::string_view subject
) {
    if (!error) {
        return std::nullopt;
    }
    const bool wildcard = *error == wire::SubjectError::wildcard_not_allowed;
    return refused(wildcard ? v1::WILDCARD_IN_PUBLISH : v1::BAD_SUBJECT, subject);
}

// The grammar of both subjects. Clients put filters into subjects of the API of streams.
std::optional<Problem> check_grammar(
    const PublishArguments& publication, const wire::SubjectLimits& limits
) {
    const std::string_view subject = publication.subject;
    const auto error = subject.starts_with(kStreamApi) ? wire::check_filter(subject, limits)
                                                       : wire::check_subject(subject, limits);
    auto problem = refused_grammar(error, subject);
    if (!problem && !publication.reply.empty()) {
        problem =
            refused_grammar(wire::check_subject(publication.reply, limits), publication.reply);
    }
    return problem;
}

std::optional<Problem> check_headers(
    const wire::MessageView& message, const SessionOptions& options
) {
    const std::size_t bytes = message.header_bytes + message.header_block.size();
    if (message.header_count > options.max_headers || bytes > options.max_header_bytes) {
        return Problem{
            v1::TOO_MANY_HEADERS, publish_violation(message.subject) + ", too many headers"
        };
    }
    return std::nullopt;
}

// Moves a long message into a chunk. Returns the views of the message there.
wire::MessageView share(const wire::MessageView& message, ChunkRef& owner) {
    owner = ChunkRef::adopt(Chunk::create(message.body.size()));
    copy_to(owner->data(), message.body);
    const auto moved = [&](std::string_view view) -> std::string_view {
        return view.empty() ? view
                            : std::string_view(
                                  owner->data() + (view.data() - message.body.data()), view.size()
                              );
    };
    wire::MessageView shared = message;
    shared.body = moved(message.body);
    shared.subject = moved(message.subject);
    shared.reply = moved(message.reply);
    shared.payload = moved(message.payload);
    shared.header_block = moved(message.header_block);
    return shared;
}

}  // namespace

// --- PUB and HPUB --------------------------------------------------------------------------------

bool Publisher::publish(const CommandLine& line, ByteView payload) {
    may_repeat_ = false;
    const auto arguments = line.arguments();
    const std::size_t sizes = line.verb == Verb::hpub ? 2 : 1;
    if (arguments.size() != 1 + sizes && arguments.size() != 2 + sizes) {
        return false;
    }
    PublishArguments publication{
        .subject = arguments.front(), .reply = {}, .header_block = {}, .payload = payload
    };
    if (arguments.size() == 2 + sizes) {
        publication.reply = arguments[1];
    }
    if (parse_size(arguments.back()) != payload.size()) {
        return false;
    }
    if (line.verb == Verb::hpub) {
        const auto block = parse_size(arguments[arguments.size() - 2]);
        if (!block || *block > payload.size()) {
            return false;
        }
        publication.header_block = payload.substr(0, *block);
        publication.payload = payload.substr(*block);
    }
    if (!state_) [[unlikely]] {
        state_ = std::make_unique<State>();
    }
    ScratchText body;
    const SessionOptions& options = output_.options();
    const bool is_good = same_bytes(publication.subject, state_->good_subject) &&
                         publication.reply.empty() && publication.header_block.empty() &&
                         payload.size() <= max_payload(output_.transport().user());
    if (!is_good) {
        // Before anything is encoded: strings of a message must be UTF-8.
        if (const auto problem = check_grammar(publication, options.subject)) {
            output_.refuse(problem->code, problem->text);
            return true;
        }
    }
    const wire::MessageView message = write_message(
        body.text(),
        publication,
        {.max_headers = options.max_headers, .max_bytes = options.max_header_bytes}
    );
    if (!is_good) {
        if (const auto problem = check(message)) {
            output_.refuse(problem->code, problem->text);
            return true;
        }
    }
    ChunkRef owner;
    if (message.body.size() > kCopiedBytes) {
        route(share(message, owner), &owner);
    } else {
        route(message, nullptr);
    }
    output_.confirm();
    may_repeat_ =
        is_good && payload.size() <= kMaxRepeated && !output_.is_verbose() && !output_.is_closed();
    return true;
}

std::optional<Problem> Publisher::check(const wire::MessageView& message) const {
    const bool of_exchange = message.subject.starts_with(kExchange);
    if (!is_ordinary(message.subject) && !(of_exchange && !message.reply.empty())) {
        return refused(v1::RESERVED_SUBJECT, message.subject);
    }
    if (!message.reply.empty() && !is_ordinary(message.reply)) {
        return refused(v1::RESERVED_SUBJECT, message.reply);
    }
    if (auto problem = check_headers(message, output_.options())) {
        return problem;
    }
    const access::User* const user = output_.transport().user();
    const bool of_owner =
        message.subject.starts_with(kOperatorPrefix) && output_.transport().owns_daemon();
    if (user == nullptr || of_owner) {
        return std::nullopt;
    }
    if (const auto problem = check_permission(message, *user)) {
        return refused(problem->code, message.subject);
    }
    return std::nullopt;
}

void Publisher::route(const wire::MessageView& message, const ChunkRef* owner) {
    if (message.subject.starts_with(kExchange)) {
        request_of_exchange(message);
    } else if (message.subject.starts_with(kStreamApi)) {
        reply_without_streams(message);
    } else if (!message.reply.empty() && no_responders_) {
        publish_with_outcome(message, owner);
    } else {
        publish_good(message, owner);
    }
}

void Publisher::publish_good(const wire::MessageView& message, const ChunkRef* owner) {
    if (message.reply.empty() && message.header_count == 0 && message.header_block.empty() &&
        !same_bytes(message.subject, state_->good_subject)) {
        state_->good_subject = message.subject;
    }
    output_.broker().publish({message, owner});
}

// --- runs ----------------------------------------------------------------------------------------

std::size_t Publisher::publish_repeated(std::span<const codec::FrameAhead> frames) {
    const std::string& subject = state_->good_subject;
    const std::size_t most_payload =
        std::min(kMaxRepeated, max_payload(output_.transport().user()));
    RunWriter writer(subject, frames);
    std::array<wire::PlainMessage, RunWriter::kMost> messages;
    std::size_t count = 0;
    while (writer.next() <= most_payload) {
        messages[count++] = writer.write();
    }
    if (count == 0) {
        return 0;
    }
    return output_.broker().publish_run({subject, std::span(messages).first(count), nullptr});
}

// --- what has an outcome -------------------------------------------------------------------------

void Publisher::publish_with_outcome(const wire::MessageView& message, const ChunkRef* owner) {
    const std::uint64_t number = wait(message.reply);
    output_.broker().publish_with({message, owner}, {.confirmation = number});
}

std::uint64_t Publisher::wait(std::string_view reply) {
    const std::uint64_t number = ++state_->last_number;
    state_->waiting_memory +=
        memory_of_waiting(state_->waiting.emplace(number, reply).first->second);
    return number;
}

std::optional<std::string> Publisher::take(std::uint64_t number) {
    if (!state_) {
        return std::nullopt;
    }
    Waiting& waiting = state_->waiting;
    auto node = waiting.extract(number);
    if (!node) {
        return std::nullopt;
    }
    state_->waiting_memory -= memory_of_waiting(node.mapped());
    if (waiting.size() + 1 == kMaxWaiting) {
        output_.transport().resume_input();
    }
    if (waiting.empty() && waiting.bucket_count() > kKeptBuckets) {
        Waiting().swap(waiting);  // clear() would keep them
    }
    return std::move(node.mapped());
}

void Publisher::on_published(std::uint64_t confirmation, std::uint64_t receivers) {
    const auto reply = take(confirmation);
    if (reply && receivers == 0) {
        write_no_responders(*reply);
    }
}

void Publisher::write_no_responders(std::string_view reply) {
    if (!no_responders_) {
        return;
    }
    const std::uint64_t subscription = output_.broker().subscription_for(reply);
    if (subscription == 0 || output_.is_closed()) {
        return;
    }
    DeliveryWriter writer(names_);
    const ByteView head = writer.write_with_block(reply, subscription, {}, kNoResponders, 0);
    const SendResult sent = output_.transport().send_reply({head, {}, nullptr});
    if (!sent) {
        output_.transport().count_unsent(sent.error(), 1);
    }
}

void Publisher::reply_without_streams(const wire::MessageView& message) {
    if (message.reply.empty()) {
        return;
    }
    const std::string text = jetstream_not_enabled(message.subject);
    if (text.empty()) {
        write_no_responders(message.reply);
    } else {
        publish_reply(message.reply, text, {});
    }
}

// --- requests to the exchange -------------------------------------------------------------------

void Publisher::request_of_exchange(const wire::MessageView& message) {
    const std::uint64_t number = wait(message.reply);
    output_.broker().request({message, nullptr}, number, output_.options().default_request_timeout);
}

SendResult Publisher::on_reply(std::uint64_t request, const Delivery& reply) {
    const auto subject = take(request);
    if (!subject || output_.is_closed()) {
        return not_sent(DropReason::connection_lost);
    }
    std::vector<wire::HeaderView> headers;
    wire::for_each_header(reply.message.body, [&](std::string_view name, std::string_view value) {
        headers.push_back({name, value});
    });
    publish_reply(*subject, reply.message.payload, headers);
    return {};
}

void Publisher::on_request_failed(std::uint64_t request, v1::ErrorCode code) {
    const auto subject = take(request);
    if (!subject || output_.is_closed()) {
        return;
    }
    if (code == v1::NO_RESPONDERS) {
        write_no_responders(*subject);
        return;
    }
    const wire::HeaderView error{wire::kErrorHeader, wire::name_of(code)};
    publish_reply(*subject, wire::meaning_of(code), std::span(&error, 1));
}

void Publisher::publish_reply(
    std::string_view subject, ByteView payload, std::span<const wire::HeaderView> headers
) {
    ScratchText body;
    wire::append_message(body.text(), subject, payload, {}, headers);
    if (const auto message = wire::scan_message(body.text())) {
        output_.broker().publish_with({*message, nullptr}, {.echoes = true});
    }
}

}  // namespace telex::session::nats
