#pragma once
// The tool's connection to an exchange. Errors are printed on standard error.
#include "base/result.hpp"
#include "cli/connection/connection_options.hpp"
#include "cli/terminal/input.hpp"
#include "cli/terminal/signal_waiter.hpp"
#include <telex/client.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace telex::cli {

// Prints errors that no call returned: the first few at once, then a count. Any thread.
class ErrorLog {
public:
    explicit ErrorLog(std::string command);

    void add(const Error& error);
    // The connection was lost; the client reconnects.
    void lost(const Error& why);

    // Prints each reconnection; the first connection is not printed.
    void connected(std::string_view url);

    // A lost connection is no longer an error.
    void expect_end() { ending_.store(true); }

    // Prints the number of errors that were not shown. Returns the exit code of the first error, or
    // kOk.
    int finish();

private:
    std::string command_;
    std::mutex mutex_;
    std::uint64_t count_ = 0;
    int exit_code_ = 0;
    bool was_connected_ = false;
    std::atomic<bool> ending_{false};
};

// Move-only. Closing it is not reported as a lost connection.
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

// Connects. Prints an error and returns the exit code if that fails; Ctrl-C ends the process.
// `signals` is notified when the client is closed, and must outlive the connection.
[[nodiscard]] Result<Connection, int> open_connection(
    std::string_view command, const ConnectionOptions& options, SignalWaiter& signals
);

// Prints `error`, unless it is an interrupt. Returns its exit code.
int fail(std::string_view command, const InputError& error);
// Prints `error`. Returns its exit code.
int fail(std::string_view command, const Error& error);

}  // namespace telex::cli
