#pragma once
// The whole server: reactors, exchange, workers and listeners, built in that order and taken down
// in the reverse one.
//
//   Server(options) -> open(listener)* -> start -> ... -> drain -> (destruction stops)
//
// Owner: the application. Thread: all methods on the application's one thread.
#include "base/result.hpp"
#include "exchange/exchange.hpp"
#include "net/listen.hpp"
#include "net/socket_error.hpp"
#include "reactor/reactor.hpp"
#include "sd/listen_fds.hpp"
#include "server/listener_options.hpp"
#include "server/listener_state.hpp"
#include "server/workers.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace telex::server {

struct ServerOptions {
    std::string name = "telex";
    std::string version;
    unsigned reactors = 1;  // 1 to router::kMaxReactors
    std::chrono::microseconds spin{0};
    exchange::ExchangeOptions exchange;
    std::chrono::milliseconds drain_timeout{10'000};
    access::UsersPtr users;  // null: everybody may do everything
};

class Server {
public:
    explicit Server(ServerOptions options);
    // Stops at once what is still running.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Binds all addresses of a listener; `passed` serves `systemd:` addresses. Nothing of it is
    // kept when one of them fails. Before start().
    Result<void, net::SystemError> open(ListenerOptions options, sd::PassedSockets& passed);

    const std::vector<std::unique_ptr<ListenerState>>& listeners() const { return listeners_; }

    // Reads the certificates and keys of all listeners anew, for connections that come from now on.
    // All or nothing; the error names the file.
    Result<void, std::string> reload_certificates();

    // Runs the reactors and accepts. Throws std::system_error when the system has no threads.
    void start();

    // Stops accepting, tells the peers, lets what was accepted arrive, up to the drain's time-out
    // or until `hurry` says so; then ends what is left. Returns true when nobody was cut off.
    bool drain(const std::function<bool()>& hurry);

    // Asks every reactor for a sign of life; true when all answered in time. For the watchdog.
    bool responsive(std::chrono::milliseconds within);

    // Any thread may use the exchange's reactors to post.
    exchange::Exchange& exchange() { return *exchange_; }

private:
    Result<std::vector<net::Bound>, net::SystemError> bind(
        const net::Address& address, const ListenerOptions& options, sd::PassedSockets& passed
    ) const;
    static Result<tls::ContextPtr, net::SystemError> secure(
        const ListenerOptions& options, const std::vector<net::Bound>& sockets
    );
    void publish_info();
    // Runs `work` on every worker's thread and waits for all.
    template <class Function>
    void on_all(Function work);

    ServerOptions options_;
    std::vector<std::unique_ptr<reactor::Reactor>> reactors_;
    std::unique_ptr<exchange::Exchange> exchange_;
    std::vector<std::unique_ptr<Worker>> worker_storage_;
    Workers workers_;
    std::vector<std::unique_ptr<ListenerState>> listeners_;
    unsigned next_single_ = 0;  // where the next socket that cannot be shared goes
    bool running_ = false;
};

}  // namespace telex::server
