#include "client/publisher.hpp"

#include "base/utf8.hpp"
#include "wire/reply_subject.hpp"
#include "wire/subject.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

namespace telex::client {
namespace {

using std::chrono::milliseconds;

// Frame limit before the first Welcome.
constexpr std::uint64_t kMaxFrameBeforeWelcome = std::uint64_t{1} << 20;
// The exchange enforces time-outs; this library only if it fails to.
constexpr milliseconds kRequestGrace{250};

Error bad_subject(std::string_view subject, wire::SubjectError error) {
    const Errc code = error == wire::SubjectError::wildcard_not_allowed ? Errc::wildcard_in_publish
                                                                        : Errc::bad_subject;
    return {code, "subject '" + std::string(subject) + "' " + std::string(wire::text_of(error))};
}

bool is_text(std::span<const Header> headers) {
    return std::all_of(headers.begin(), headers.end(), [](const Header& header) {
        return is_utf8(header.name) && is_utf8(header.value);
    });
}

// Checks the message here: a frame that the server cannot parse would end the connection.
std::optional<Error> check_message(const OutMessage& message) {
    if (const auto error = wire::check_subject(message.subject, wire::kNoSubjectLimits)) {
        return bad_subject(message.subject, *error);
    }
    if (!message.reply.empty()) {
        if (const auto error = wire::check_subject(message.reply, wire::kNoSubjectLimits)) {
            return bad_subject(message.reply, *error);
        }
    }
    if (!is_utf8(message.id) || !is_utf8(message.content_type) || !is_utf8(message.type) ||
        !is_text(message.headers)) {
        return Error{Errc::invalid_argument, "headers, id, content_type and type must be UTF-8"};
    }
    return std::nullopt;
}

// Checks a call that waits for the exchange.
std::optional<Error> check_call(
    const SharedState& state, const OutMessage& message, milliseconds timeout
) {
    if (state.is_inherited()) {
        return inherited_error();
    }
    if (auto error = check_message(message)) {
        return error;
    }
    if (timeout <= milliseconds(0)) {
        return Error{Errc::invalid_argument, "the timeout must be greater than zero"};
    }
    return std::nullopt;
}

}  // namespace

std::uint64_t Publisher::max_frame_bytes() const {
    return state_.info && state_.info->max_frame_bytes != 0 ? state_.info->max_frame_bytes
                                                            : kMaxFrameBeforeWelcome;
}

Publisher::Limit Publisher::exceeded_limit(const OutMessage& message, std::size_t frame_bytes)
    const {
    if (frame_bytes > max_frame_bytes()) {
        return Limit::frame;
    }
    if (!state_.info) {
        return Limit::none;
    }
    const auto exceeds = [](std::size_t value, std::size_t limit) {
        return limit != 0 && value > limit;
    };
    if (exceeds(message.subject.size(), state_.info->max_subject_bytes)) {
        return Limit::subject;
    }
    return exceeds(message.headers.size(), state_.info->max_headers) ? Limit::headers : Limit::none;
}

Error Publisher::error_of(Limit limit, const OutMessage& message, std::size_t frame_bytes) const {
    if (limit == Limit::subject) {
        return bad_subject(message.subject, wire::SubjectError::too_long);
    }
    if (limit == Limit::headers) {
        return {
            Errc::too_many_headers,
            "the limit of the exchange is " + std::to_string(state_.info->max_headers)
        };
    }
    return {
        Errc::frame_too_large,
        "a frame of " + std::to_string(frame_bytes) + " bytes; the limit of the exchange is " +
            std::to_string(max_frame_bytes())
    };
}

bool Publisher::accepts(const OutMessage& message, std::size_t frame_bytes) const {
    return state_.is_open() && !state_.sealed &&
           exceeded_limit(message, frame_bytes) == Limit::none &&
           state_.buffer.has_room(frame_bytes);
}

std::optional<Error> Publisher::admit(
    std::unique_lock<std::mutex>& lock, const OutMessage& message, std::size_t frame_bytes
) {
    std::optional<TimePoint> deadline;
    for (;;) {
        if (!state_.is_open()) {
            return state_.closed_error();
        }
        if (state_.sealed) {
            return Error{Errc::draining, "the client is draining"};
        }
        if (const Limit limit = exceeded_limit(message, frame_bytes); limit != Limit::none) {
            return error_of(limit, message, frame_bytes);
        }
        if (state_.buffer.has_room(frame_bytes)) {
            return std::nullopt;
        }
        if (!deadline) {
            const bool blocks = state_.options->when_full == WhenFull::block;
            deadline = deadline_after(blocks ? state_.options->full_timeout : milliseconds(0));
        }
        if (Clock::now() >= *deadline) {
            return Error{
                Errc::buffer_full,
                std::to_string(state_.buffer.unsent_bytes()) + " bytes are waiting to be sent"
            };
        }
        ++state_.waiting_for_room;
        state_.room.wait_until(lock, *deadline);
        --state_.waiting_for_room;
    }
}

void Publisher::count(const SizedMessage& message) {
    ++state_.counters.published_messages;
    state_.counters.published_bytes += message.body_bytes;
}

Expected<void> Publisher::publish(const OutMessage& message) {
    if (state_.is_inherited()) {
        return tl::unexpected(inherited_error());
    }
    if (auto error = check_message(message)) {
        return tl::unexpected(*std::move(error));
    }
    const SizedMessage sized = size_of(message);
    std::unique_lock lock(state_.mutex);
    if (!accepts(message, sized.frame_bytes)) [[unlikely]] {
        if (auto error = admit(lock, message, sized.frame_bytes)) {
            return tl::unexpected(*std::move(error));
        }
    }
    const bool is_reply = message.subject.starts_with(wire::kReplyPrefix);
    append_publish(is_reply ? state_.last_frames() : state_.buffer.pending(), sized);
    count(sized);
    const bool goes_now =
        state_.is_connected() || (is_reply && state_.phase == SharedState::Phase::leaving);
    if (goes_now && !state_.write_running) {
        state_.wake();
    }
    return {};
}

template <class Refuse, class Append>
Expected<void> Publisher::begin(
    const SizedMessage& message,
    milliseconds timeout,
    Completion completion,
    Refuse refuse,
    Append append
) {
    std::unique_lock lock(state_.mutex);
    if (auto error = admit(lock, message.parts, message.frame_bytes + kFrameOverhead)) {
        return tl::unexpected(*std::move(error));
    }
    if (!state_.is_connected()) {
        return tl::unexpected(Error{Errc::disconnected, "there is no connection"});
    }
    if (std::optional<Error> error = refuse()) {
        return tl::unexpected(*std::move(error));
    }
    append(state_.requests.add(deadline_after(timeout), std::move(completion)));
    count(message);
    state_.wake();  // also for the deadline
    return {};
}

Expected<void> Publisher::request(
    const OutMessage& message, milliseconds timeout, Completion completion
) {
    if (auto error = check_call(state_, message, timeout)) {
        return tl::unexpected(*std::move(error));
    }
    constexpr milliseconds kLongest{std::numeric_limits<std::uint32_t>::max()};
    const auto limited = std::min(timeout, kLongest);
    const SizedMessage sized = size_of(message);
    return begin(
        sized,
        limited + kRequestGrace,
        std::move(completion),
        [] { return std::optional<Error>(); },
        [&](std::uint64_t id) {
            append_request(
                state_.buffer.pending(), sized, id, static_cast<std::uint32_t>(limited.count())
            );
        }
    );
}

// An exchange without streams could take the frame for a request.
Expected<void> Publisher::publish_durable(
    const OutMessage& message, milliseconds timeout, Done<StoredAt> done
) {
    if (auto error = check_call(state_, message, timeout)) {
        return tl::unexpected(*std::move(error));
    }
    const SizedMessage sized = size_of(message);
    return begin(
        sized,
        timeout,
        std::move(done),
        [this] {
            return state_.info->max_durable_publications == 0
                       ? std::optional(Error{Errc::no_stream, "the exchange has no streams"})
                       : std::nullopt;
        },
        [&](std::uint64_t id) { append_durable(state_.buffer.pending(), sized, id); }
    );
}

Expected<void> Publisher::flush(TimePoint deadline, Done<void> done) {
    if (state_.is_inherited()) {
        return tl::unexpected(inherited_error());
    }
    const std::scoped_lock lock(state_.mutex);
    if (!state_.is_open()) {
        return tl::unexpected(state_.closed_error());
    }
    if (state_.is_connected()) {
        send_flush(deadline, std::move(done));
        return {};
    }
    state_.wait_for(
        {[this] { return state_.is_connected() || !state_.is_open(); },
         deadline,
         [this, deadline, done = std::move(done)] { flush_connected(deadline, done); }}
    );
    return {};
}

void Publisher::flush_connected(TimePoint deadline, const Done<void>& done) {
    Error error;
    {
        const std::scoped_lock lock(state_.mutex);
        if (state_.is_open() && state_.is_connected()) {
            send_flush(deadline, done);
            return;
        }
        error = state_.is_open() ? Error{Errc::timeout, "not connected within the time-out"}
                                 : state_.closed_error();
    }
    done(tl::unexpected(std::move(error)));
}

void Publisher::send_flush(TimePoint deadline, Done<void> done) {
    const std::uint64_t epoch = state_.epoch;
    const std::uint64_t id = ++state_.last_flush;
    append_flush(state_.buffer.pending(), id);
    state_.wait_for(
        {[this, id, epoch] { return state_.last_flushed >= id || state_.epoch != epoch; },
         deadline,
         [this, id, epoch, done = std::move(done)] { done(outcome_of_flush(id, epoch)); }}
    );
}

Expected<void> Publisher::outcome_of_flush(std::uint64_t id, std::uint64_t epoch) const {
    const std::scoped_lock lock(state_.mutex);
    if (state_.last_flushed >= id) {
        return {};
    }
    if (state_.epoch != epoch || state_.phase == SharedState::Phase::closed) {
        return tl::unexpected(
            Error{Errc::disconnected, "the connection was lost before the confirmation"}
        );
    }
    return tl::unexpected(Error{Errc::timeout, "the exchange did not confirm in time"});
}

void Publisher::finish_requests(TimePoint deadline, std::function<void(bool)> done) {
    const std::scoped_lock lock(state_.mutex);
    state_.wait_for(
        {[this] { return state_.requests.size() == 0 || !state_.is_open(); },
         deadline,
         [this, done = std::move(done)] { done(seal()); }}
    );
}

bool Publisher::seal() {
    const std::scoped_lock lock(state_.mutex);
    state_.sealed = true;
    return state_.requests.size() == 0 || !state_.is_open();
}

}  // namespace telex::client
