// What application threads send: publishes, requests, flushes.
#include "base/utf8.hpp"
#include "client/core.hpp"
#include "wire/subject.hpp"

#include <asio/post.hpp>

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

namespace telex::client {
namespace {

using std::chrono::milliseconds;

// Until a server has announced its own.
constexpr std::uint64_t kUsualMaxFrame = std::uint64_t{1} << 20;
// The exchange keeps the time; this library only makes sure.
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

// A frame that the server cannot parse would cost the connection: found here instead.
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

}  // namespace

// The I/O thread has something to do. While it writes, it looks by itself.
void Core::wake() {
    if (!wake_posted_ && phase_ != Phase::closed) {
        wake_posted_ = true;
        asio::post(io_, [this] { on_wake(); });
    }
}

std::optional<Error> Core::check_limits(const OutMessage& message, std::size_t frame_bytes) const {
    const std::uint64_t max_frame =
        info_ && info_->max_frame_bytes != 0 ? info_->max_frame_bytes : kUsualMaxFrame;
    if (frame_bytes > max_frame) {
        return Error{
            Errc::message_too_large,
            "a frame of " + std::to_string(frame_bytes) + " bytes; the exchange takes " +
                std::to_string(max_frame)
        };
    }
    if (info_ && info_->max_subject_bytes != 0 &&
        message.subject.size() > info_->max_subject_bytes) {
        return bad_subject(message.subject, wire::SubjectError::too_long);
    }
    if (info_ && info_->max_headers != 0 && message.headers.size() > info_->max_headers) {
        return Error{
            Errc::too_many_headers, "the exchange takes " + std::to_string(info_->max_headers)
        };
    }
    return std::nullopt;
}

// Waits for room in the outbox as the options say. Everything is looked at again after a wait.
std::optional<Error> Core::admit(
    std::unique_lock<std::mutex>& lock, const OutMessage& message, std::size_t frame_bytes
) {
    std::optional<TimePoint> deadline;
    for (;;) {
        if (!is_open()) {
            return closed_error();
        }
        if (sealed_) {
            return Error{Errc::draining, "the client drains"};
        }
        if (auto error = check_limits(message, frame_bytes)) {
            return error;
        }
        if (outbox_.has_room(frame_bytes)) {
            return std::nullopt;
        }
        if (!deadline) {
            const bool blocks = options_->when_full == WhenFull::block;
            deadline = deadline_after(blocks ? options_->full_timeout : milliseconds(0));
        }
        if (std::chrono::steady_clock::now() >= *deadline) {
            return Error{
                Errc::buffer_full, std::to_string(outbox_.unsent_bytes()) + " bytes wait to be sent"
            };
        }
        ++waiting_for_room_;
        room_.wait_until(lock, *deadline);
        --waiting_for_room_;
    }
}

void Core::count_published(const SizedMessage& message) {
    ++counters_.published_messages;
    counters_.published_bytes += message.body_bytes;
}

Expected<void> Core::publish(const OutMessage& message) {
    if (is_inherited()) {
        return tl::unexpected(inherited_error());
    }
    if (auto error = check_message(message)) {
        return tl::unexpected(*std::move(error));
    }
    const SizedMessage sized = size_of(message);
    std::unique_lock lock(mutex_);
    if (auto error = admit(lock, message, sized.frame_bytes)) {
        return tl::unexpected(*std::move(error));
    }
    append_publish(outbox_.pending(), sized);
    count_published(sized);
    if (phase_ == Phase::connected && !write_running_) {
        wake();
    }
    return {};
}

Expected<void> Core::request(
    const OutMessage& message, milliseconds timeout, Completion completion
) {
    if (is_inherited()) {
        return tl::unexpected(inherited_error());
    }
    if (auto error = check_message(message)) {
        return tl::unexpected(*std::move(error));
    }
    if (timeout <= milliseconds(0)) {
        return tl::unexpected(
            Error{Errc::invalid_argument, "a request's timeout must be longer than zero"}
        );
    }
    constexpr milliseconds kLongest{std::numeric_limits<std::uint32_t>::max()};
    const auto limited = std::min(timeout, kLongest);
    const SizedMessage sized = size_of(message);
    std::unique_lock lock(mutex_);
    if (auto error = admit(lock, message, sized.frame_bytes + kFrameOverhead)) {
        return tl::unexpected(*std::move(error));
    }
    if (phase_ != Phase::connected) {
        return tl::unexpected(Error{Errc::disconnected, "there is no connection"});
    }
    const std::uint64_t id =
        requests_.add(deadline_after(limited + kRequestGrace), std::move(completion));
    append_request(outbox_.pending(), sized, id, static_cast<std::uint32_t>(limited.count()));
    count_published(sized);
    wake();  // also for the deadline
    return {};
}

Expected<void> Core::flush(TimePoint deadline) {
    if (is_inherited()) {
        return tl::unexpected(inherited_error());
    }
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, deadline, [this] {
        return phase_ == Phase::connected || !is_open();
    });
    if (!is_open()) {
        return tl::unexpected(closed_error());
    }
    if (phase_ != Phase::connected) {
        return tl::unexpected(Error{Errc::timed_out, "no connection to flush"});
    }
    const std::uint64_t epoch = epoch_;
    const std::uint64_t id = ++last_flush_;
    append_flush(outbox_.pending(), id);
    wake();
    changed_.wait_until(lock, deadline, [&] {
        return last_flushed_ >= id || epoch_ != epoch || phase_ == Phase::closed;
    });
    if (last_flushed_ >= id) {
        return {};
    }
    if (epoch_ != epoch || phase_ == Phase::closed) {
        return tl::unexpected(Error{Errc::disconnected, "the connection ended before the answer"});
    }
    return tl::unexpected(Error{Errc::timed_out, "the exchange did not confirm in time"});
}

// Called by drain(): nothing new is accepted once every answer is here, or the time is over.
bool Core::wait_answers(TimePoint deadline) {
    std::unique_lock lock(mutex_);
    const bool in_time =
        changed_.wait_until(lock, deadline, [this] { return requests_.size() == 0 || !is_open(); });
    sealed_ = true;
    return in_time;
}

}  // namespace telex::client
