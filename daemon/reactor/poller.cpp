#include "reactor/poller.hpp"

#include <cerrno>
#include <system_error>

namespace telex::reactor {

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_.get() < 0) {
        throw std::system_error(errno, std::generic_category(), "epoll_create1");
    }
}

bool Poller::add(int fd, Pollable& pollable) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &pollable;
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void Poller::remove(int fd, const Pollable& pollable) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    for (int i = current_; i < count_; ++i) {
        auto& event = events_[static_cast<std::size_t>(i)];
        if (event.data.ptr == &pollable) {
            event.data.ptr = nullptr;
        }
    }
}

int Poller::wait(std::chrono::milliseconds time) {
    const int seen =
        ::epoll_wait(epoll_.get(), events_.data(), kEventsPerWait, static_cast<int>(time.count()));
    current_ = 0;
    count_ = seen > 0 ? seen : 0;
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
