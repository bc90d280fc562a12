#pragma once
// The streams of the daemon: opens their store at the start, gives the engine the streams of the
// configuration, watches the disk, and ends the engine after the drain.
//
//   open -> (server, its reactors run) -> start -> configure* ... -> stop
//
// Without storage in the configuration it does nothing: no file is written, no thread runs.
//
// Owner and thread: the application's.
#include "config/config.hpp"
#include "sd/notify.hpp"
#include "storage/engine.hpp"
#include "telex/v1/admin.pb.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace telex::server {
class Server;
}

namespace telex::app {

class StreamService {
public:
    // `notifier` outlives it.
    explicit StreamService(sd::Notifier& notifier) : notifier_(notifier) {}

    // Opens the store and reads all streams. Logs why it cannot, and then returns the exit code of
    // the process; EX_OK otherwise.
    [[nodiscard]] int open(const config::StorageOptions& options);

    // Null without storage.
    storage::Engine* engine() { return engine_.get(); }

    // Starts the engine's threads and creates the streams of the configuration. While the reactors
    // run, before they accept. Returns as open().
    [[nodiscard]] int start(
        server::Server& server, const std::vector<config::StreamEntry>& streams
    );

    // Applies `streams`, or checks them only. Adds the problems to the report as its error.
    void configure(
        const std::vector<config::StreamEntry>& streams,
        bool force,
        bool dry_run,
        v1::ReloadReport& report
    );

    // After the users and accounts of the server have changed.
    void use_accounts(const server::Server& server);

    // `changed` is called by look() after a change of the store's state.
    void on_change(std::function<void()> changed) { changed_ = std::move(changed); }

    // Once a second: logs changes of the store's state.
    void look();
    // Why streams store nothing; empty if they do, and without storage.
    std::string problem() const;

    // Commits what was offered and ends the threads. While the reactors run, after the clients were
    // drained. `hurry`: does not wait for room on a full disk.
    void stop(bool hurry);

private:
    using Faults = std::vector<storage::StreamFault>;

    [[nodiscard]] Faults apply(
        const std::vector<config::StreamEntry>& streams, bool force, bool dry_run
    );
    [[nodiscard]] int restore();
    // Account and name of each stream.
    std::vector<std::pair<std::string, std::string>> names();

    sd::Notifier& notifier_;
    std::unique_ptr<storage::Engine> engine_;
    store::Store* store_ = nullptr;  // of the engine
    std::string folder_;
    std::chrono::milliseconds restored_in_{0};
    std::function<void()> changed_;
    bool started_ = false;
    store::StoreState logged_ = store::StoreState::ok;
};

}  // namespace telex::app
