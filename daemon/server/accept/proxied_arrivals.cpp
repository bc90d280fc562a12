#include "server/accept/proxied_arrivals.hpp"

#include "net/stream_io.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>
#include <vector>

namespace telex::server {

namespace {

// More than most headers have; a longer one is read in pieces.
constexpr std::size_t kPiece = 256;

bool has_ip(const net::Peer& peer) {
    return std::holds_alternative<net::Ipv4Peer>(peer.address) ||
           std::holds_alternative<net::Ipv6Peer>(peer.address);
}

Rejection reject_header(std::string_view why, v1::ErrorCode code = v1::WRONG_PROTOCOL) {
    return {code, session::CloseReason::proxy_header, why};
}

}  // namespace

bool trusts(const ProxyProtocolOptions& options, const net::Peer& proxy) {
    if (!has_ip(proxy)) {
        return options.unix_sockets;
    }
    return std::any_of(
        options.networks.begin(),
        options.networks.end(),
        [&](const net::Network& network) { return network.contains(proxy); }
    );
}

void apply(net::ProxyHeader header, Arrival& arrival) {
    if (header.from == net::ProxyHeader::From::itself) {
        arrival.forwarding = Forwarding::itself;
        return;
    }
    arrival.forwarding = Forwarding::unnamed;
    const bool is_here = !has_ip(arrival.peer) || net::is_loopback(net::host_of(arrival.peer));
    if (header.from == net::ProxyHeader::From::named &&
        (is_here || !net::is_loopback(net::host_of(header.peer)))) {
        arrival.forwarding = Forwarding::named;
        arrival.peer = std::move(header.peer);
    }
}

// A connection whose header is not complete. Destroyed at the end of the turn in which it is.
class ProxiedArrivals::Wait final : public reactor::Pollable,
                                    public reactor::TurnWork,
                                    public reactor::Retirable {
public:
    Wait(ProxiedArrivals& all, Arrival accepted, TimePoint deadline)
        : arrival(std::move(accepted)), all_(all), deadline_(deadline) {}

    ~Wait() override { stop(); }

    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

    [[nodiscard]] bool start() {
        if (!all_.reactor_.poller().add(arrival.fd.get(), *this)) {
            return false;
        }
        watched_ = true;
        all_.timers_.run_at(deadline_, *this);
        all_.reactor_.run_again(*this);
        return true;
    }

    void stop() {
        if (std::exchange(watched_, false)) {
            all_.reactor_.poller().remove(arrival.fd.get(), *this);
        }
        all_.reactor_.forget(*this);
        all_.timers_.forget(*this);
    }

    void on_ready(std::uint32_t /*events*/) override { all_.reactor_.run_again(*this); }

    void run_turn_work() override {
        all_.reactor_.work().add(reactor::work::kRead);
        if (!read() && all_.reactor_.now() >= deadline_) {
            all_.admit(*this, reject_header("PROXY protocol header timed out", v1::HELLO_TIMEOUT));
        }
    }

    Arrival arrival;

private:
    // Returns true if the wait is over.
    bool read() {
        std::array<char, kPiece> piece{};
        for (;;) {
            const int fd = arrival.fd.get();
            const IoResult peeked = net::peek_some(fd, piece);
            if (peeked.status == IoStatus::wait_read) {
                return false;
            }
            if (peeked.status != IoStatus::done) {
                end();
                return true;
            }
            const auto taken = parser_.take({piece.data(), peeked.bytes});
            if (!taken) {
                all_.admit(*this, reject_header(net::text_of(taken.error())));
                return true;
            }
            // They are there, and stay there until they are read.
            (void)net::recv_some(fd, {piece.data(), *taken});
            if (parser_.done()) {
                apply(parser_.header(), arrival);
                all_.admit(*this, std::nullopt);
                return true;
            }
        }
    }

    // The proxy has closed the connection.
    void end() {
        if (parser_.untouched()) {
            all_.forget(*this);
        } else {
            all_.admit(*this, reject_header("the connection ended within its PROXY header"));
        }
    }

    ProxiedArrivals& all_;
    const TimePoint deadline_;
    net::ProxyHeaderParser parser_;
    bool watched_ = false;
};

ProxiedArrivals::ProxiedArrivals(
    reactor::Reactor& reactor, TurnTimers& timers, Admit admit, Forget forget
)
    : reactor_(reactor), timers_(timers), admit_(std::move(admit)), forget_(std::move(forget)) {}

ProxiedArrivals::~ProxiedArrivals() = default;

void ProxiedArrivals::add(
    net::Accepted accepted, net::Transport transport, ListenerState& listener
) {
    const ListenerSettingsPtr settings = listener.settings();
    Arrival arrival{
        .fd = std::move(accepted.fd),
        .peer = std::move(accepted.peer),
        .transport = transport,
        .forwarding = Forwarding::none,
        .listener = &listener,
        .slot = ListenerSlot(listener, {}),
        .rejection = std::nullopt,
    };
    if (!trusts(*settings->options().proxy_protocol, arrival.peer)) {
        arrival.rejection = reject_header(
            "this listener accepts connections of its proxies only", v1::NOT_ALLOWED_HERE
        );
    } else if (!arrival.slot.enter_pre_auth()) {
        arrival.rejection = reject_header(
            "too many connections wait for their PROXY protocol header", v1::TOO_MANY_CONNECTIONS
        );
    }
    if (arrival.rejection) {
        pass_on(std::move(arrival));
        return;
    }
    auto wait = std::make_unique<Wait>(
        *this, std::move(arrival), reactor_.now() + settings->handshake_timeout()
    );
    Wait& added = *wait;
    waiting_.emplace(&added, std::move(wait));
    if (!added.start()) {
        admit(
            added, Rejection{v1::INTERNAL, session::CloseReason::internal_error, "cannot watch it"}
        );
    }
}

void ProxiedArrivals::admit(Wait& wait, std::optional<Rejection> rejection) {
    wait.stop();
    wait.arrival.rejection = rejection;
    Arrival arrival = std::move(wait.arrival);
    remove(wait);
    pass_on(std::move(arrival));
}

// While it waits it counts for no network: all connections of a proxy come from the same one.
void ProxiedArrivals::pass_on(Arrival arrival) {
    arrival.slot.count_for(net::network_of(net::host_of(arrival.peer)));
    admit_(std::move(arrival));
}

void ProxiedArrivals::forget(Wait& wait) {
    wait.stop();
    remove(wait);
    forget_();
}

void ProxiedArrivals::remove(Wait& wait) {
    const auto found = waiting_.find(&wait);
    reactor_.retire(std::move(found->second));
    waiting_.erase(found);
}

void ProxiedArrivals::stop() {
    std::vector<Wait*> now;
    now.reserve(waiting_.size());
    for (const auto& [place, wait] : waiting_) {
        now.push_back(wait.get());
    }
    for (Wait* const wait : now) {
        wait->run_turn_work();
    }
    while (!waiting_.empty()) {
        forget(*waiting_.begin()->second);
    }
}

}  // namespace telex::server
