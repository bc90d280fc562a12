#pragma once
// Opens the listeners when the daemon starts, on sockets that the service manager passed or on new
// ones. Logs why it cannot, and then returns the exit code of the process; EX_OK otherwise.
//
// Owner and thread: the application's. Owns the socket store, so it must outlive the server.
#include "base/result.hpp"
#include "config/config.hpp"
#include "sd/listen_fds.hpp"
#include "sd/notify.hpp"
#include "sd/socket_store.hpp"

#include <string>
#include <utility>

namespace telex::server {
class Server;
}

namespace telex::app {

class ListenerStart {
public:
    // `passed`: the sockets that the service manager passed, or an error. `notifier` outlives it.
    ListenerStart(Result<sd::PassedSockets, std::string> passed, sd::Notifier& notifier)
        : passed_(std::move(passed)), notifier_(notifier) {}

    sd::SocketStore& sockets() { return sockets_; }

    // Called first: takes the passed sockets that `config` uses, and creates the runtime directory
    // if it is used.
    [[nodiscard]] int prepare(const config::Config& config);
    [[nodiscard]] int open(const config::Config& config, server::Server& server);
    // Called last: closes passed sockets that are not used.
    void close_leftovers();

private:
    void sort_passed_sockets(const config::Config& config);

    Result<sd::PassedSockets, std::string> passed_;
    sd::Notifier& notifier_;
    sd::SocketStore sockets_;
};

}  // namespace telex::app
