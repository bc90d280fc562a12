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
#include "reactor/gather.hpp"
#include "reactor/reactor.hpp"
#include "sd/socket_store.hpp"
#include "server/listener/authenticator.hpp"
#include "server/listener/listener_options.hpp"
#include "server/listener/listener_state.hpp"
#include "server/memory_return.hpp"
#include "server/server_options.hpp"
#include "server/trace_slots.hpp"
#include "server/workers.hpp"
#include "wire/admin_error.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::server {

class Server {
public:
    // `sockets` outlives it.
    Server(ServerOptions options, sd::SocketStore& sockets);
    // Stops at once what is still running.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Binds all addresses of a listener. Nothing of it remains when one of them fails. Before
    // start().
    [[nodiscard]] Result<void, net::SystemError> open(ListenerOptions options);

    const std::vector<std::unique_ptr<ListenerState>>& listeners() const { return listeners_; }

    // Applies a changed configuration as a whole or not at all: listeners with a known name
    // continue with these options (addresses, protocol and framing unchanged), new ones are opened,
    // others are closed; certificates are reread; removed users and revoked permissions take effect
    // on connections. A renamed listener keeps its sockets, connections and counters. Connections
    // keep the limits that they began with. There were users before if there are some now. While
    // running.
    [[nodiscard]] Result<void, net::SystemError> reload(
        std::vector<ListenerOptions> listeners,
        const Renames& renamed,
        std::vector<access::User> users,
        const std::vector<access::Account>& accounts,
        v1::ReloadReport& report
    );
    // Returns the errors that would prevent such a reload: an address in use, an unreadable
    // certificate. Binds new addresses, and releases them. As reload() it adds effects and warnings
    // to the report when it succeeds.
    [[nodiscard]] Result<void, net::SystemError> rehearse(
        std::vector<ListenerOptions> listeners, const Renames& renamed, v1::ReloadReport& report
    ) const;

    // Runs the reactors and accepts. Throws std::system_error when the system has no threads.
    void start();

    // Stops accepting, notifies the peers and delivers accepted messages, until the drain's
    // time-out or until `hurry` returns true; then closes the remaining connections. Returns true
    // if no connection was aborted.
    [[nodiscard]] bool drain(const std::function<bool()>& hurry);

    // Returns true if every reactor responds in time. For the watchdog.
    [[nodiscard]] bool responsive(std::chrono::milliseconds within);

    // Once a second, beside the reactors: gives memory back to the system that queues no longer
    // need. May take tens of milliseconds, in which a reactor that allocates has to wait.
    void give_back_memory();

    // --- for operators, while running ---------------------------------------------------------
    // Each waits at most a second for the reactors, and then fails with UNRESPONSIVE.
    [[nodiscard]] wire::AdminResult<v1::ConnectionList> connections(const v1::ListConnections& query
    );
    [[nodiscard]] wire::AdminResult<v1::SubscriptionList> subscriptions(
        const v1::ListSubscriptions& query
    );
    v1::ListenerList listener_list() const;
    [[nodiscard]] wire::AdminResult<v1::SubjectList> subjects(const v1::ListSubjects& query);
    [[nodiscard]] wire::AdminResult<v1::ServerStats> stats();

    // Those in force; null without users: everything is permitted.
    access::UsersPtr users() const { return authenticator_ ? authenticator_->users() : nullptr; }

    [[nodiscard]] wire::AdminResult<v1::Kicked> kick(const v1::Kick& request);
    [[nodiscard]] wire::AdminResult<v1::TraceReport> trace(const v1::Trace& request);

    // Tells those who subscribe to the exchange's events.
    void report(v1::Event event);

    // Any thread may use the exchange's reactors to post.
    exchange::Exchange& exchange() { return *exchange_; }

private:
    using Sockets = std::vector<net::Bound>;

    [[nodiscard]] Result<Sockets, net::SystemError> bind(
        const net::Address& address, const ListenerOptions& options, net::UnixLockPtr lock = nullptr
    ) const;
    [[nodiscard]] static Result<tls::ContextPtr, net::SystemError> secure(
        const ListenerOptions& options, const std::vector<Sockets>& sockets
    );

    // A listener that can be served, and is not yet.
    struct Prepared {
        ListenerSettingsPtr settings;
        std::vector<Sockets> sockets;  // of each of its addresses
    };

    [[nodiscard]] Result<Prepared, net::SystemError> prepare(ListenerOptions options) const;
    [[nodiscard]] Result<ListenerSettingsPtr, net::SystemError> make_settings(
        ListenerOptions options, const std::vector<Sockets>& sockets
    ) const;
    [[nodiscard]] std::optional<net::SystemError> fault_of_datagrams(
        const ListenerOptions& options, const std::vector<Sockets>& sockets
    ) const;

    // A socket in the place of one whose file was deleted.
    struct Remade {
        ListenerState* listener = nullptr;
        net::Address address;
        Sockets sockets;
    };

    // The part of a reload that cannot fail.
    struct Plan {
        std::vector<std::pair<ListenerState*, ListenerSettingsPtr>> kept;
        std::vector<Prepared> added;
        std::vector<const ListenerState*> gone;
        std::vector<Remade> remade;
        v1::ReloadReport report;  // its effects and warnings
    };

    [[nodiscard]] Result<Plan, net::SystemError> plan(
        std::vector<ListenerOptions> listeners, const Renames& renamed
    ) const;
    [[nodiscard]] Result<void, net::SystemError> plan_known(
        ListenerState& listener, ListenerOptions options, Plan& plan
    ) const;
    [[nodiscard]] Result<void, net::SystemError> plan_new(ListenerOptions options, Plan& plan)
        const;
    // Sockets for the files that were deleted.
    [[nodiscard]] Result<void, net::SystemError> plan_files(
        ListenerState& listener, const ListenerOptions& options, Plan& plan
    ) const;
    void serve(Remade remade);
    void forget_former_names();
    // The next settings of a listener that goes on, perhaps under another name.
    void use(ListenerState& listener, ListenerSettingsPtr settings);
    static void remember_file(
        ListenerState& listener, const net::Address& address, const Sockets& sockets
    );
    void serve(Prepared prepared);
    void serve(ListenerState& listener, net::Bound socket, bool shared);
    // All of them, or none.
    [[nodiscard]] Result<void, net::SystemError> serve_all(std::vector<Prepared> added);
    ListenerState* find_listener(std::string_view name) const;
    // Closes their sockets; connections of theirs stay.
    void remove(const std::vector<const ListenerState*>& gone);
    void use_users(std::vector<access::User> users, const std::vector<access::Account>& accounts);
    void publish_info();
    [[nodiscard]] wire::AdminResult<v1::TraceReport> begin_trace(
        const v1::Trace& request, exchange::Tracer::Clock::time_point now
    );
    [[nodiscard]] wire::AdminResult<v1::TraceReport> collect_trace(
        unsigned slot, exchange::Tracer::Clock::time_point now
    );
    void end_trace(unsigned slot);

    // Returns the answer of each reactor, or UNRESPONSIVE. The question runs on the reactor's
    // thread, perhaps after the asker has given up: it owns what it needs.
    template <class Part, class Question>
    [[nodiscard]] wire::AdminResult<std::vector<Part>> ask_all(const Question& question);
    static v1::AdminError unresponsive();
    static v1::AdminError no_connection(std::uint64_t number);
    // Runs `work` on every worker's thread, or on one's, and waits for it. An exception of one
    // thread is rethrown here.
    template <class Function>
    void on_all(Function work);
    template <class Function>
    static void on_one(Worker& worker, Function work);

    // For reactors that ought to answer at once.
    static constexpr std::chrono::seconds kPatience{1};

    ServerOptions options_;
    sd::SocketStore& sockets_;
    std::vector<std::unique_ptr<reactor::Reactor>> reactors_;
    std::vector<reactor::Reactor*> reactor_list_;
    std::unique_ptr<exchange::Exchange> exchange_;
    std::unique_ptr<Authenticator> authenticator_;  // null without users
    std::vector<std::unique_ptr<Worker>> worker_storage_;
    Workers workers_;
    std::vector<std::unique_ptr<ListenerState>> listeners_;
    // No longer in the configuration; may still have connections.
    std::vector<std::unique_ptr<ListenerState>> removed_listeners_;
    const std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
    TraceSlots trace_slots_;
    MemoryReturn memory_return_;
    unsigned next_single_ = 0;  // where the next socket that cannot be shared goes
    bool running_ = false;
};

template <class Function>
void Server::on_one(Worker& worker, Function work) {
    std::promise<void> done;
    worker.reactor().post([&] {
        try {
            work();
            done.set_value();
        } catch (...) {
            done.set_exception(std::current_exception());
        }
    });
    done.get_future().get();
}

template <class Part, class Question>
wire::AdminResult<std::vector<Part>> Server::ask_all(const Question& question) {
    auto parts = reactor::gather_within<Part>(
        reactor_list_,
        kPatience,
        [&workers = worker_storage_, question](std::size_t index) {
            return question(*workers[index]);
        }
    );
    if (!parts) {
        return unexpected(unresponsive());
    }
    return *std::move(parts);
}

template <class Function>
void Server::on_all(Function work) {
    (void)reactor::gather_within<char>(  // absent only if a reactor has ended: nothing to do there
        reactor_list_,
        std::nullopt,
        [&workers = worker_storage_, work](std::size_t index) {
            work(*workers[index]);
            return char{};
        }
    );
}

}  // namespace telex::server
