#include "reactor/poller.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace telex::reactor {

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_.get() < 0) {
        throw std::system_error(errno, std::generic_category(), "epoll_create1");
    }
}

bool Poller::add(int fd, Pollable& pollable) {
    // It may be where a removed one was.
    std::erase(removed_asleep_, &pollable);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &pollable;
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void Poller::remove(int fd, const Pollable& pollable) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    if (asleep_) {
        removed_asleep_.push_back(&pollable);
    } else {
        withdraw(pollable);
    }
}

void Poller::withdraw(const Pollable& pollable) {
    for (int i = current_; i < count_; ++i) {
        auto& event = events_[static_cast<std::size_t>(i)];
        if (event.data.ptr == &pollable) {
            event.data.ptr = nullptr;
        }
    }
}

int Poller::wait(std::chrono::milliseconds time) {
    return end_sleep(sleep(time));
}

int Poller::sleep(std::chrono::milliseconds time) {
    return ::epoll_wait(
        epoll_.get(), events_.data(), kEventsPerWait, static_cast<int>(time.count())
    );
}

int Poller::end_sleep(int seen) {
    asleep_ = false;
    current_ = 0;
    count_ = std::max(seen, 0);
    for (const Pollable* removed : removed_asleep_) {
        withdraw(*removed);
    }
    removed_asleep_.clear();
    return count_;
}

void Poller::handle() {
    for (current_ = 0; current_ < count_;) {
        const epoll_event event = events_[static_cast<std::size_t>(current_)];
        ++current_;
        if (event.data.ptr != nullptr) {
            static_cast<Pollable*>(event.data.ptr)->on_ready(event.events);
        }
    }
    count_ = 0;
}

}  // namespace telex::reactor
