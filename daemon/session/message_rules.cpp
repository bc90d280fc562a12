#include "session/message_rules.hpp"

#include "base/printable.hpp"
#include "wire/errors.hpp"
#include "wire/subject.hpp"

#include <fmt/format.h>

namespace telex::session {
namespace {

// Longest part of a peer's subject that is repeated to it.
constexpr std::size_t kQuotedBytes = 128;

std::string quoted(std::string_view text) {
    return fmt::format("'{}'", printable(text, {.max_bytes = kQuotedBytes}));
}

bool is_reply_space(std::string_view subject) {
    constexpr std::string_view kRoot = "_REPLY";
    return subject.starts_with(kRoot) &&
           (subject.size() == kRoot.size() || subject[kRoot.size()] == '.');
}

bool is_exchange_space(std::string_view subject) {
    return subject.starts_with('$');
}

Problem bad_subject(std::string_view what, std::string_view subject, wire::SubjectError error) {
    const auto code = error == wire::SubjectError::wildcard_not_allowed ? v1::WILDCARD_IN_PUBLISH
                                                                        : v1::BAD_SUBJECT;
    return {code, fmt::format("the {} {} {}", what, quoted(subject), wire::text_of(error))};
}

Problem reserved(std::string_view what, std::string_view subject) {
    return {
        v1::RESERVED_SUBJECT,
        fmt::format("the {} {} is the exchange's own", what, quoted(subject)),
    };
}

Problem denied(const access::User& user, std::string_view what, std::string_view subject) {
    return {
        v1::PERMISSION_DENIED,
        fmt::format("user {} may not {} {}", user.name, what, quoted(subject)),
    };
}

// The requester's own inbox, in the form that clients of NATS use: others publish there on its
// behalf, and it alone is interested.
bool may_take_replies(const access::User& user, std::string_view reply) {
    return user.publish.allows(reply) ||
           (reply.starts_with(kInboxPrefix) && user.subscribe.allows(reply));
}

std::optional<Problem> check_headers(
    const wire::MessageView& message, const SessionOptions& options
) {
    if (message.header_count > options.max_headers) {
        return Problem{
            v1::TOO_MANY_HEADERS,
            fmt::format(
                "the message to {} has {} headers; the limit is {}",
                quoted(message.subject),
                message.header_count,
                options.max_headers
            ),
        };
    }
    const std::size_t bytes = message.header_bytes + message.header_block.size();
    if (bytes > options.max_header_bytes) {
        return Problem{
            v1::TOO_MANY_HEADERS,
            fmt::format(
                "the headers of the message to {} take {} bytes; the limit is {}",
                quoted(message.subject),
                bytes,
                options.max_header_bytes
            ),
        };
    }
    return std::nullopt;
}

std::optional<Problem> check_reply(std::string_view reply, const wire::SubjectLimits& limits) {
    if (const auto error = wire::check_subject(reply, limits)) {
        return bad_subject("reply subject", reply, *error);
    }
    if (is_exchange_space(reply) || is_reply_space(reply)) {
        return reserved("reply subject", reply);
    }
    return std::nullopt;
}

}  // namespace

std::optional<Problem> check_reserved_target(std::string_view subject, MessageUse use) {
    const bool allowed = use == MessageUse::publish
                             ? !is_exchange_space(subject)
                             : subject.starts_with("$SYS.") ||
                                   (!is_exchange_space(subject) && !is_reply_space(subject));
    return allowed ? std::nullopt : std::optional(reserved("subject", subject));
}

std::optional<Problem> check_reserved_filter(std::string_view filter) {
    return is_reply_space(filter) ? std::optional(reserved("filter", filter)) : std::nullopt;
}

std::optional<Problem> check_message(
    const wire::MessageView& message, MessageUse use, const SessionOptions& options
) {
    if (const auto error = wire::check_subject(message.subject, options.subject)) {
        return bad_subject("subject", message.subject, *error);
    }
    if (auto problem = check_reserved_target(message.subject, use)) {
        return problem;
    }
    if (auto problem = check_headers(message, options)) {
        return problem;
    }
    return message.reply.empty() ? std::nullopt : check_reply(message.reply, options.subject);
}

std::optional<Problem> check_permission(
    const wire::MessageView& message, const access::User& user
) {
    if (!is_reply_space(message.subject) && !user.publish.allows(message.subject)) {
        return denied(user, "publish to", message.subject);
    }
    if (!message.reply.empty() && !may_take_replies(user, message.reply)) {
        return denied(user, "publish to the reply subject", message.reply);
    }
    if (message.payload.size() > max_payload(&user)) {
        return Problem{
            v1::PAYLOAD_TOO_LARGE,
            fmt::format(
                "user {} may send {} bytes in one message, not {}",
                user.name,
                max_payload(&user),
                message.payload.size()
            ),
        };
    }
    return std::nullopt;
}

std::size_t max_payload(const access::User* user) {
    return user == nullptr ? SIZE_MAX : user->limits.max_payload_bytes.value_or(SIZE_MAX);
}

std::optional<Problem> check_permission(const v1::Subscribe& subscribe, const access::User& user) {
    const std::string& filter = subscribe.filter();
    if (!user.subscribe.allows_filter(filter)) {
        return denied(user, "subscribe to", filter);
    }
    // The chosen member could be one that may not receive the message, and then it would be lost.
    if (!subscribe.queue_group().empty() && user.subscribe.hides_some_of(filter)) {
        return denied(user, "subscribe in a group, because of what is denied, to", filter);
    }
    return std::nullopt;
}

std::optional<Problem> check_subscribe(
    const v1::Subscribe& subscribe, const SessionOptions& options
) {
    if (const auto error = wire::check_filter(subscribe.filter(), options.subject)) {
        return bad_subject("filter", subscribe.filter(), *error);
    }
    if (auto problem = check_reserved_filter(subscribe.filter())) {
        return problem;
    }
    const std::string& group = subscribe.queue_group();
    if (!group.empty()) {
        if (const auto error = wire::check_queue_group(group)) {
            return Problem{
                v1::BAD_QUEUE_GROUP,
                fmt::format("the queue group {} {}", quoted(group), wire::text_of(*error)),
            };
        }
    }
    if (!v1::SlowPolicy_IsValid(subscribe.slow_policy())) {
        return Problem{
            v1::BAD_SUBSCRIPTION,
            fmt::format("slow policy {} is not known", static_cast<int>(subscribe.slow_policy())),
        };
    }
    return std::nullopt;
}

}  // namespace telex::session
