#include "client/notices.hpp"

#include <string>
#include <utility>

namespace telex::client {

namespace {

std::size_t bytes_of(const Connected& connected) {
    const ServerInfo& info = connected.info;
    return info.url.size() + info.name.size() + info.version.size() + info.session_id.size();
}

std::size_t bytes_of(const Disconnected& disconnected) {
    return disconnected.reason.text.size();
}

std::size_t bytes_of(const Error& error) {
    return error.text.size();
}

std::size_t bytes_of(const Notice& notice) {
    return std::visit([](const auto& kind) { return bytes_of(kind); }, notice);
}

}  // namespace

bool Notices::add(Connected connected) {
    const std::scoped_lock lock(mutex_);
    if (is_full(bytes_of(connected))) {
        left_out_ = std::move(connected);
        return false;
    }
    push(std::move(connected));
    return true;
}

// At most one for each queued connection: over the limit they are queued, too.
bool Notices::add(Disconnected disconnected) {
    const std::scoped_lock lock(mutex_);
    if (left_out_) {
        left_out_.reset();
        return false;
    }
    std::string& text = disconnected.reason.text;
    if (is_full(text.size()) && text.size() > kShortTextBytes) {
        text.resize(kShortTextBytes);
    }
    push(std::move(disconnected));
    return true;
}

bool Notices::add(Error error) {
    const std::scoped_lock lock(mutex_);
    if (!is_full(error.text.size())) {
        push(std::move(error));
        return true;
    }
    ++dropped_errors_;
    if (std::exchange(drops_reported_, true)) {
        return false;
    }
    push(Error{Errc::errors_dropped, "the application is too slow for its errors"});
    return true;
}

std::vector<Notice> Notices::take() {
    const std::scoped_lock lock(mutex_);
    std::vector<Notice> taken;
    taken.reserve(2);
    if (!waiting_.empty()) {
        bytes_ -= bytes_of(waiting_.front());
        taken.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    if (waiting_.size() <= kMostNotices / 2 && bytes_ <= kMostBytes / 2) {
        drops_reported_ = false;  // the next episode is reported again
    }
    if (waiting_.empty() && left_out_) {
        taken.emplace_back(*std::exchange(left_out_, std::nullopt));
    }
    return taken;
}

std::uint64_t Notices::dropped_errors() const {
    const std::scoped_lock lock(mutex_);
    return dropped_errors_;
}

bool Notices::is_full(std::size_t bytes) const {
    return waiting_.size() >= kMostNotices || (!waiting_.empty() && bytes_ + bytes > kMostBytes);
}

void Notices::push(Notice notice) {
    bytes_ += bytes_of(notice);
    waiting_.push_back(std::move(notice));
}

}  // namespace telex::client
