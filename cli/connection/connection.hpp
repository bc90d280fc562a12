#pragma once
// The tool's connection to an exchange: one client, whose errors go to standard error.
#include "base/result.hpp"
#include "cli/options/cli11.hpp"
#include "cli/terminal/stop.hpp"
#include <telex/client.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::cli {

struct ConnectionOptions {
    std::vector<std::string> servers;
    std::optional<std::chrono::milliseconds> connect_timeout;
    TlsOptions tls;
    std::string user;
    std::string password_file;
    std::string token_file;
    std::string identity_file;
    bool no_echo = false;
};

// --server URL (repeatable), --connect-timeout, --tls-*, --user and its like
void add_connection(CLI::App& app, ConnectionOptions& options);

// Errors that no call returned. Any thread; the first few are shown at once, the rest counted.
class ErrorLog {
public:
    explicit ErrorLog(std::string verb);

    void add(const Error& error);
    // The connection was lost, and the client tries to get it back.
    void lost(const Error& why);

    // Tells of every connection but the first.
    void connected(std::string_view url);

    // From now on a lost connection is what we want.
    void expect_end() { ending_.store(true); }

    // Tells how many were not shown. Returns the first error's exit code, or kOk.
    int finish();

private:
    std::string verb_;
    std::mutex mutex_;
    std::uint64_t count_ = 0;
    int exit_code_ = 0;
    bool was_connected_ = false;
    std::atomic<bool> ending_{false};
};

// Move-only. Its end is not an event worth telling, whoever closes the socket first.
struct Connection {
    Connection(std::shared_ptr<ErrorLog> log, Client made)
        : errors(std::move(log)), client(std::move(made)) {}

    Connection(Connection&&) noexcept = default;
    Connection& operator=(Connection&&) = delete;

    ~Connection() {
        if (errors) {
            close();
        }
    }

    void close() {
        errors->expect_end();
        client.close();
    }

    std::shared_ptr<ErrorLog> errors;
    Client client;
};

// Connects, and complains when that fails; Ctrl-C ends the attempt. The error is the exit code.
// `stop` is notified when the client ends for good, and must outlive the connection.
[[nodiscard]] Result<Connection, int> open_connection(
    std::string_view verb, const ConnectionOptions& options, Stop& stop
);

// Says what `error` is and returns its exit code.
int fail(std::string_view verb, const Error& error);

}  // namespace telex::cli
