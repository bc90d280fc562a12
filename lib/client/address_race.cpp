#include "client/address_race.hpp"

#include <asio/ip/tcp.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace telex::client {
namespace {

constexpr std::chrono::milliseconds kUsualDelay{250};
constexpr std::chrono::milliseconds kShortestDelay{10};

// Asio opens sockets without CLOEXEC; child processes must not inherit the connection.
std::error_code open_socket(Socket& socket, const Remote& remote) {
    const int family = remote.protocol().family();
    const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return {errno, std::system_category()};
    }
    if (family != AF_UNIX) {
        const int on = 1;
        // Frames are already batched; a socket that rejects the option works nevertheless.
        (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    asio::error_code error;
    socket.assign(remote.protocol(), fd, error);
    return error;
}

// For an IP address.
std::string address_text(const Remote& remote) {
    asio::ip::tcp::endpoint endpoint;
    std::memcpy(endpoint.data(), remote.data(), std::min(remote.size(), endpoint.capacity()));
    return endpoint.address().to_string();
}

}  // namespace

std::vector<Remote> alternate_families(std::vector<Remote> remotes) {
    const auto is_of_first_family = [&remotes](const Remote& remote) {
        return remote.protocol().family() == remotes.front().protocol().family();
    };
    std::vector<Remote> first;
    std::vector<Remote> second;
    for (Remote& remote : remotes) {
        (is_of_first_family(remote) ? first : second).push_back(remote);
    }
    std::vector<Remote> mixed;
    for (std::size_t at = 0; at < std::max(first.size(), second.size()); ++at) {
        if (at < first.size()) {
            mixed.push_back(first[at]);
        }
        if (at < second.size()) {
            mixed.push_back(second[at]);
        }
    }
    return mixed;
}

std::chrono::milliseconds race_delay(std::chrono::milliseconds time, std::size_t addresses) {
    const auto share = time / 2 / static_cast<std::int64_t>(std::max<std::size_t>(addresses, 1));
    return std::clamp(share, kShortestDelay, kUsualDelay);
}

AddressRace::AddressRace(
    asio::io_context& io, std::vector<Remote> remotes, std::chrono::milliseconds delay, Done done
)
    : io_(io), timer_(io), remotes_(std::move(remotes)), delay_(delay), done_(std::move(done)) {}

void AddressRace::start() {
    attempts_.reserve(remotes_.size());
    start_next();
}

void AddressRace::start_next() {
    timer_.cancel();
    const std::size_t index = attempts_.size();
    if (is_over() || index == remotes_.size()) {
        return;
    }
    Attempt& attempt = attempts_.emplace_back(io_, remotes_[index]);
    if (index + 1 < remotes_.size()) {
        timer_.expires_after(delay_);
        timer_.async_wait([self = shared_from_this()](const asio::error_code& error) {
            if (!error) {
                self->start_next();
            }
        });
    }
    if (const std::error_code error = open_socket(attempt.socket, attempt.remote)) {
        on_failed(index, error.message());
        return;
    }
    attempt.socket.async_connect(
        attempt.remote,
        [self = shared_from_this(), index](const asio::error_code& error) {
            if (self->is_over()) {
                return;
            }
            if (error) {
                self->on_failed(index, error.message());
            } else {
                self->on_connected(index);
            }
        }
    );
}

void AddressRace::on_failed(std::size_t index, const std::string& why) {
    Attempt& attempt = attempts_[index];
    attempt.failed = true;
    asio::error_code ignored;
    attempt.socket.close(ignored);
    // Names the address if there are several; a single one is in the URL.
    failures_ += (failures_.empty() ? "" : ", ") +
                 (remotes_.size() == 1 ? why : address_text(attempt.remote) + " " + why);
    if (++failed_ == remotes_.size()) {
        const Done done = std::exchange(done_, nullptr);
        done(tl::unexpected(Error{Errc::disconnected, failures_}));
    } else if (index + 1 == attempts_.size()) {
        start_next();  // the latest attempt has failed: do not wait any longer
    }
}

std::vector<Remote> AddressRace::others_of(std::size_t winner) const {
    std::vector<Remote> others;
    for (std::size_t at = 0; at < remotes_.size(); ++at) {
        if (at != winner && (at >= attempts_.size() || !attempts_[at].failed)) {
            others.push_back(remotes_[at]);
        }
    }
    return others;
}

void AddressRace::on_connected(std::size_t index) {
    const Done done = std::exchange(done_, nullptr);
    Winner winner{std::move(attempts_[index].socket), others_of(index)};
    stop();
    done(std::move(winner));
}

void AddressRace::stop() {
    done_ = nullptr;
    timer_.cancel();
    for (Attempt& attempt : attempts_) {
        asio::error_code ignored;
        attempt.socket.close(ignored);
    }
}

}  // namespace telex::client
