#include "server/accept/stream_acceptor.hpp"

#include "base/time.hpp"
#include "log/log.hpp"
#include "server/workers/workers.hpp"

#include <cerrno>
#include <random>
#include <system_error>

namespace telex::server {

StreamAcceptor::StreamAcceptor(
    reactor::Reactor& reactor, Workers& workers, ListenerState& listener, net::Bound socket
)
    : reactor_(reactor),
      workers_(workers),
      listener_(listener),
      socket_(std::move(socket)),
      retry_(reactor.io()),
      random_(std::random_device{}()) {}

StreamAcceptor::~StreamAcceptor() {
    stop();
}

void StreamAcceptor::start() {
    if (!reactor_.poller().add(socket_.fd.get(), *this)) {
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
    running_ = true;
    reactor_.run_again(*this);
}

void StreamAcceptor::stop() {
    if (running_) {
        running_ = false;
        retry_.cancel();
        reactor_.forget(*this);
        reactor_.poller().remove(socket_.fd.get(), *this);
        socket_.fd.reset();
        socket_.guard.reset();
    }
}

void StreamAcceptor::on_ready(std::uint32_t /*events*/) {
    reactor_.run_again(*this);
}

void StreamAcceptor::accept_some() {
    if (!running_ || backoff_.resting(reactor_.now())) {
        return;
    }
    while (!reactor_.work().slice_is_over()) {
        reactor_.work().add(reactor::work::kRead);
        auto accepted = net::accept_one(socket_.fd.get());
        if (accepted) {
            backoff_.on_success();
            hand_on(std::move(*accepted));
            continue;
        }
        switch (accepted.error().failure) {
            case net::AcceptFailure::again:
                return;
            case net::AcceptFailure::transient:
                continue;
            case net::AcceptFailure::out_of_descriptors:
            case net::AcceptFailure::fatal:
                rest(accepted.error().code);
                return;
        }
    }
    reactor_.run_again(*this);
}

void StreamAcceptor::rest(int code) {
    reserve_.shed_one(socket_.fd.get());
    retry_.expires_at(backoff_.on_failure(Clock::now()));
    retry_.async_wait([this](const asio::error_code& error) {
        if (!error) {
            reactor_.run_again(*this);
        }
    });
    log::write(
        "cannot_accept",
        {{"listener", listener_.settings()->options().name},
         {"error", std::generic_category().message(code)}}
    );
}

void StreamAcceptor::hand_on(net::Accepted accepted) {
    const bool stay = listener_.settings()->options().accept == AcceptMode::reuseport &&
                      !net::is_unix(socket_.actual.transport);
    // xorshift: which two reactors are compared needs no better randomness.
    random_ ^= random_ << 13U;
    random_ ^= random_ >> 7U;
    random_ ^= random_ << 17U;
    Worker& target = stay ? workers_.at(reactor_.index()) : workers_.less_loaded_of_two(random_);
    target.expect_connection();
    if (target.reactor().index() == reactor_.index()) {
        target.adopt(std::move(accepted), socket_.actual.transport, listener_);
        return;
    }
    target.reactor().post([&target,
                           accepted = std::move(accepted),
                           transport = socket_.actual.transport,
                           &listener = listener_]() mutable {
        target.adopt(std::move(accepted), transport, listener);
    });
}

}  // namespace telex::server
