#include "sd/listen_fds.hpp"

#include "net/datagram.hpp"
#include "net/socket_address.hpp"
#include "net/socket_options.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

namespace telex::sd {

namespace {

using Names = std::vector<std::string>;

// More than the descriptor store and socket units together have; a larger number is a lie.
constexpr long kMostPassed = 65'536;

std::string text_of(int code) {
    return std::generic_category().message(code);
}

// libsystemd reports a closed descriptor without its number.
std::string explain(int code) {
    if (code == EBADF) {
        const char* count = std::getenv("LISTEN_FDS");
        const long last =
            SD_LISTEN_FDS_START + std::strtol(count == nullptr ? "0" : count, nullptr, 10);
        for (int fd = SD_LISTEN_FDS_START; fd < last; ++fd) {
            if (::fcntl(fd, F_GETFD) < 0) {
                return fmt::format("passed descriptor {} is not open", fd);
            }
        }
    }
    return fmt::format("LISTEN_FDS, LISTEN_PID or LISTEN_FDNAMES: {}", text_of(code));
}

// A descriptor after the one that was refused is ours too.
void close_from(int fd, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        net::UniqueFd(fd + static_cast<int>(i)).reset();
    }
}

// Closes descriptors that were passed with an invalid description: nothing else would close them.
void close_named_by_environment() {
    const char* const text = std::getenv("LISTEN_FDS");
    const long count = text == nullptr ? 0 : std::strtol(text, nullptr, 10);
    if (count > 0 && count <= kMostPassed) {
        close_from(SD_LISTEN_FDS_START, static_cast<std::size_t>(count));
    }
}

// The names in the environment, one per descriptor from SD_LISTEN_FDS_START on.
[[nodiscard]] Result<Names, std::string> passed_names() {
    char** raw = nullptr;
    const int count = ::sd_listen_fds_with_names(0, &raw);
    std::string problem = count < 0 ? explain(-count) : std::string();
    Names names;
    for (int i = 0; i < count; ++i) {
        names.emplace_back(raw[i]);
        std::free(raw[i]);
    }
    std::free(raw);
    if (!problem.empty()) {
        close_named_by_environment();
    }
    // Children must not believe that these were theirs.
    ::sd_listen_fds(1);
    if (!problem.empty()) {
        return unexpected(std::move(problem));
    }
    return names;
}

std::optional<int> option(int fd, int name) {
    int value = 0;
    socklen_t length = sizeof value;
    return ::getsockopt(fd, SOL_SOCKET, name, &value, &length) == 0 ? std::optional(value)
                                                                    : std::nullopt;
}

bool is_served(int domain, int type, int protocol) {
    if (domain == AF_UNIX) {
        return type == SOCK_STREAM || type == SOCK_DGRAM || type == SOCK_SEQPACKET;
    }
    const bool inet = domain == AF_INET || domain == AF_INET6;
    const bool tcp = type == SOCK_STREAM && (protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP);
    return inet && (tcp || (type == SOCK_DGRAM && protocol == IPPROTO_UDP));
}

// Empty when the socket can be a listener of ours.
std::string misfit(int fd) {
    const auto domain = option(fd, SO_DOMAIN);
    const auto type = option(fd, SO_TYPE);
    const auto protocol = option(fd, SO_PROTOCOL);
    if (!domain || !type || !protocol) {
        return "it is not a socket";
    }
    if (!is_served(*domain, *type, *protocol)) {
        return fmt::format(
            "a socket of domain {}, type {}, protocol {}; telex serves TCP, UDP and unix sockets",
            *domain,
            *type,
            *protocol
        );
    }
    if (*type != SOCK_DGRAM && option(fd, SO_ACCEPTCONN).value_or(0) == 0) {
        return "it does not listen; the socket unit must have Accept=no";
    }
    return {};
}

[[nodiscard]] Result<net::Bound, std::string> adopt(int number, const std::string& name) {
    net::UniqueFd fd(number);
    const auto refuse = [&](std::string_view why) {
        return unexpected(fmt::format("passed descriptor {} ({}): {}", number, name, why));
    };
    if (const std::string why = misfit(number); !why.empty()) {
        return refuse(why);
    }
    auto ready = net::set_nonblocking_cloexec(number);
    if (ready && option(number, SO_TYPE) == SOCK_DGRAM) {
        ready = net::prepare_datagram_socket(number);
    }
    if (!ready) {
        return refuse(ready.error().what);
    }
    auto address = net::local_address(number);
    if (!address) {
        return refuse(address.error().what);
    }
    return net::Bound{std::move(fd), *std::move(address), 0, std::nullopt};
}

}  // namespace

std::vector<net::Bound> PassedSockets::take(std::string_view name) {
    std::vector<net::Bound> out;
    for (Named& named : sockets_) {
        if (named.name != name) {
            continue;
        }
        const auto same = [&](const net::Bound& other) {
            return other.actual == named.socket.actual;
        };
        named.socket.slot = static_cast<unsigned>(std::count_if(out.begin(), out.end(), same));
        out.push_back(std::move(named.socket));
    }
    std::erase_if(sockets_, [&](const Named& named) { return named.name == name; });
    return out;
}

std::vector<std::string> PassedSockets::names() const {
    std::vector<std::string> names;
    for (const Named& named : sockets_) {
        if (std::find(names.begin(), names.end(), named.name) == names.end()) {
            names.push_back(named.name);
        }
    }
    return names;
}

Result<PassedSockets, std::string> take_passed_sockets() {
    auto names = passed_names();
    if (!names) {
        return unexpected(std::move(names.error()));
    }
    PassedSockets out;
    int fd = SD_LISTEN_FDS_START;
    for (std::size_t i = 0; i < names->size(); ++i, ++fd) {
        auto bound = adopt(fd, (*names)[i]);
        if (!bound) {
            close_from(fd + 1, names->size() - i - 1);
            return unexpected(std::move(bound.error()));
        }
        out.sockets_.push_back({std::move((*names)[i]), *std::move(bound)});
    }
    return out;
}

}  // namespace telex::sd
