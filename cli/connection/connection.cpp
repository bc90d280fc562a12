#include "cli/connection/connection.hpp"

#include "cli/connection/connect_hint.hpp"
#include "cli/contexts/chosen_exchange.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/print_error.hpp"
#include "cli/terminal/secret.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <thread>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::uint64_t kShownErrors = 10;

ClientOptions client_options(
    std::string_view command,
    const ConnectionOptions& options,
    Credentials credentials,
    SignalWaiter& signals,
    const std::shared_ptr<ErrorLog>& errors
) {
    ClientOptions client;
    client.servers = options.servers;
    client.name = fmt::format("telex-{}/{}", command, TELEX_VERSION);
    client.tls = options.tls;
    client.credentials = std::move(credentials);
    client.connect_timeout = options.connect_timeout.value_or(client.connect_timeout);
    client.on_error = [errors](const Error& error) { errors->add(error); };
    client.on_disconnected = [errors](const Error& error) { errors->lost(error); };
    client.on_connected = [errors](const ServerInfo& server) { errors->connected(server.url); };
    client.on_closed = [&signals] { signals.notify(); };
    return client;
}

// Secrets are read from files or the terminal: other users can see the command line.
[[nodiscard]] Result<Credentials, InputError> read_credentials(
    const ConnectionOptions& options, SignalWaiter& signals
) {
    if (!options.identity_file.empty()) {
        return KeyFile{options.identity_file};
    }
    if (!options.token_file.empty()) {
        auto token = read_secret_file(options.token_file, signals);
        if (!token) {
            return unexpected(token.error());
        }
        return Token{*std::move(token)};
    }
    if (!options.user.empty()) {
        auto password = options.password_file.empty()
                            ? prompt_secret("Password: ", signals)
                            : read_secret_file(options.password_file, signals);
        if (!password) {
            return unexpected(password.error());
        }
        return UserPassword{options.user, *std::move(password)};
    }
    return Credentials();
}

}  // namespace

ErrorLog::ErrorLog(std::string command) : command_(std::move(command)) {}

void ErrorLog::add(const Error& error) {
    if (error.code == Errc::untrusted_server) {
        print_server_error(command_, to_string(error));  // not counted: another server is tried
        return;
    }
    const std::scoped_lock lock(mutex_);
    if (count_++ == 0) {
        exit_code_ = exit_code_of(error.code);
    }
    if (count_ <= kShownErrors) {
        print_server_error(command_, to_string(error));
    }
}

void ErrorLog::lost(const Error& why) {
    if (!ending_.load()) {
        print_server_error(command_, fmt::format("connection lost: {}", to_string(why)));
    }
}

void ErrorLog::connected(std::string_view url) {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(was_connected_, true)) {
        print_error(command_, fmt::format("reconnected to {}", url));
    }
}

int ErrorLog::finish() {
    const std::scoped_lock lock(mutex_);
    if (count_ > kShownErrors) {
        print_error(command_, fmt::format("and {} more errors", count_ - kShownErrors));
    }
    return exit_code_;
}

Result<Connection, int> open_connection(
    std::string_view command, const ConnectionOptions& given, SignalWaiter& signals
) {
    const auto chosen = chosen_exchange(given);
    if (!chosen) {
        print_error(command, chosen.error());
        return unexpected(static_cast<int>(kUsage));
    }
    const ConnectionOptions& options = *chosen;
    auto credentials = read_credentials(options, signals);
    if (!credentials) {
        return unexpected(fail(command, credentials.error()));
    }
    auto errors = std::make_shared<ErrorLog>(std::string(command));
    Expected<Client> client = tl::unexpected(Error{});
    // On another thread, so that this one can wait for Ctrl-C.
    std::thread connecting([&] {
        client = Client::connect(client_options(command, options, *credentials, signals, errors));
        signals.notify();
    });
    if (signals.wait(std::nullopt, Watch::signals_only) == Wake::interrupted) {
        ::_exit(kInterrupted);
    }
    connecting.join();
    if (!client) {
        const int code = fail(command, client.error());
        if (const std::string_view hint = connect_hint(client.error(), options); !hint.empty()) {
            print_note(hint);
        }
        return unexpected(code);
    }
    return Connection(std::move(errors), *std::move(client));
}

int fail(std::string_view command, const InputError& error) {
    if (error.exit_code != kInterrupted) {
        print_error(command, error.text);
    }
    return error.exit_code;
}

int fail(std::string_view command, const Error& error) {
    print_server_error(command, to_string(error));
    return exit_code_of(error.code);
}

}  // namespace telex::cli
