#pragma once
// The whole server: reactors, exchange, workers and listeners, built in that order and destroyed in
// the reverse one.
//
//   Server(options) -> open(listener)* -> (run_reactors) -> start -> ... -> drain -> (destruction
//   stops)
//
// Owner: the application. Thread: all methods on the application's one thread.
#include "base/result.hpp"
#include "exchange/exchange.hpp"
#include "net/socket_error.hpp"
#include "reactor/reactor.hpp"
#include "sd/socket_store.hpp"
#include "server/admin/server_reports.hpp"
#include "server/admin/traces.hpp"
#include "server/admin/user_kick.hpp"
#include "server/listener/authenticator.hpp"
#include "server/listener/listener_opener.hpp"
#include "server/listener/listener_options.hpp"
#include "server/listener/listener_set.hpp"
#include "server/listener/listener_state.hpp"
#include "server/listener/reload_plan.hpp"
#include "server/memory_return.hpp"
#include "server/server_options.hpp"
#include "server/workers/workers.hpp"
#include "wire/admin_error.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace telex::server {

class Server {
public:
    // `sockets` outlives it.
    Server(ServerOptions options, sd::SocketStore& sockets);
    // Stops immediately.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Binds all addresses of a listener. If one of them fails, no socket stays open. Before
    // start().
    [[nodiscard]] Result<void, net::SystemError> open(ListenerOptions options);

    const std::vector<std::unique_ptr<ListenerState>>& listeners() const {
        return listeners_.all();
    }

    // Applies a changed configuration as a whole, or fails and changes nothing. Listeners of a
    // known name continue with these options (addresses, protocol and framing as before), others
    // are opened, and those that are not named are closed. Certificates are read again. Clients
    // lose what their user lost. A renamed listener keeps its sockets, connections and counters.
    // Connections keep the limits that they began with. Users require that there were users before.
    // While running.
    [[nodiscard]] Result<void, net::SystemError> reload(
        std::vector<ListenerOptions> listeners,
        const Renames& renamed,
        std::vector<access::User> users,
        const std::vector<access::Account>& accounts,
        v1::ReloadReport& report
    );
    // Fails as reload() would: an address in use, a certificate that cannot be read. Binds new
    // addresses and closes them again. As reload() it adds effects and warnings to the report when
    // it succeeds.
    [[nodiscard]] Result<void, net::SystemError> rehearse(
        std::vector<ListenerOptions> listeners, const Renames& renamed, v1::ReloadReport& report
    ) const;

    // Runs the reactors, which accept nothing yet. Throws std::system_error when the system has no
    // threads.
    void run_reactors();
    // Accepts; runs the reactors if they do not run yet. Throws std::system_error when the system
    // has no threads.
    void start();

    // Stops accepting, notifies the peers and delivers what was accepted, until the drain timeout
    // or until `hurry` returns true; then ends the remaining connections. Returns true if there
    // were none.
    [[nodiscard]] bool drain(const std::function<bool()>& hurry);

    // Returns true if every reactor replies in time. For the watchdog.
    [[nodiscard]] bool responsive(std::chrono::milliseconds within);

    // Called once a second: returns memory to the system that queues no longer need. May take tens
    // of milliseconds, in which a reactor that allocates has to wait.
    void give_back_memory();

    // --- for operators, while running ---------------------------------------------------------
    // Each waits at most a second for the reactors, and then fails with UNRESPONSIVE.
    [[nodiscard]] wire::AdminResult<v1::ConnectionList> connections(const v1::ListConnections& query
    );

    [[nodiscard]] wire::AdminResult<v1::SubscriptionList> subscriptions(
        const v1::ListSubscriptions& query
    ) {
        return reports_.subscriptions(query);
    }

    [[nodiscard]] wire::AdminResult<v1::UserList> users(const v1::ListUsers& query) {
        return reports_.users(query);
    }

    [[nodiscard]] wire::AdminResult<v1::SubjectList> subjects(const v1::ListSubjects& query) {
        return reports_.subjects(query);
    }

    [[nodiscard]] wire::AdminResult<v1::ServerStats> stats() { return reports_.stats(); }

    // Without waiting: `done` is called on a reactor's thread.
    void collect_stats(const std::function<void(const v1::ServerStats&)>& done) {
        reports_.collect_stats(done);
    }

    [[nodiscard]] wire::AdminResult<v1::TraceReport> trace(const v1::Trace& request) {
        return traces_.handle(request);
    }

    // `own`: the caller's connection, which is not closed; 0 without one.
    [[nodiscard]] wire::AdminResult<KickResult> kick(const v1::Kick& request, std::uint64_t own);

    v1::ListenerList listener_list() const { return listeners_.list(); }

    // The users in force; null if every client may do everything.
    access::UsersPtr users() const { return authenticator_ ? authenticator_->users() : nullptr; }

    // Null if every client may do everything.
    Authenticator* authenticator() const { return authenticator_.get(); }

    // Publishes an event of the exchange.
    void report(v1::Event event);

    // Any thread may use the exchange's reactors to post.
    exchange::Exchange& exchange() { return exchange_; }

private:
    void use_users(std::vector<access::User> users, const std::vector<access::Account>& accounts);
    void publish_info();

    ServerOptions options_;
    std::vector<std::unique_ptr<reactor::Reactor>> reactors_;
    exchange::Exchange exchange_;
    std::unique_ptr<Authenticator> authenticator_;  // null: every client may do everything
    Workers workers_;
    ListenerOpener opener_;
    ListenerSet listeners_;
    ServerReports reports_;
    Traces traces_;
    bool reactors_run_ = false;
    const std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
    MemoryReturn memory_return_;
};

}  // namespace telex::server
