#include "cli/connection/connection.hpp"

#include "cli/exit_code.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/print_error.hpp"
#include "cli/terminal/secret.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <thread>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::uint64_t kShownErrors = 10;
constexpr std::string_view kCredentialsHint =
    "Authenticate with --user NAME, --token-file FILE or --identity FILE.";

bool names_credentials(const ConnectionOptions& options) {
    return !options.user.empty() || !options.token_file.empty() || !options.identity_file.empty();
}

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
    client.no_echo = options.no_echo;
    client.connect_timeout = options.connect_timeout.value_or(client.connect_timeout);
    client.on_error = [errors](const Error& error) { errors->add(error); };
    client.on_disconnected = [errors](const Error& error) { errors->lost(error); };
    client.on_connected = [errors](const ServerInfo& server) { errors->connected(server.url); };
    client.on_closed = [&signals] { signals.notify(); };
    return client;
}

void add_tls(OptionSet& options, TlsOptions& tls) {
    options.add(
        {"--tls-ca",
         "FILE",
         "tls://: trusted certificate authorities (default: the system's)",
         value::text(tls.ca_file)}
    );
    options.add(
        {"--tls-pin",
         "PIN",
         "tls://: expected SHA-256 of the server's public key, in base64",
         value::text(tls.key_pin)}
    );
    options.add(
        {"--tls-name",
         "NAME",
         "tls://: expected name in the certificate (default: the host)",
         value::text(tls.server_name)}
    );
    options.add(
        {"--tls-cert",
         "FILE",
         "tls://: certificate of this client",
         value::text(tls.certificate_file)}
    );
    options.add(
        {"--tls-key", "FILE", "tls://: private key of this client", value::text(tls.key_file)}
    );
}

void add_credentials(OptionSet& options, ConnectionOptions& target) {
    options.add({"--user", "NAME", "Authenticate as this user", value::text(target.user)});
    options
        .add(
            {"--password-file",
             "FILE",
             "Read the password from this file (default: prompt)",
             value::text(target.password_file)}
        )
        .needs = {"--user"};
    options
        .add(
            {"--token-file",
             "FILE",
             "Authenticate with the token in this file",
             value::text(target.token_file)}
        )
        .excludes = {"--user"};
    options
        .add(
            {"--identity",
             "FILE",
             "Authenticate with this private key, see `telex keygen`",
             value::text(target.identity_file)}
        )
        .excludes = {"--user", "--token-file"};
}

// Secrets are read from files or the terminal: other users can see the command line.
[[nodiscard]] Result<Credentials, std::string> read_credentials(const ConnectionOptions& options) {
    Credentials credentials;
    credentials.user = options.user;
    credentials.key_file = options.identity_file;
    if (!options.token_file.empty()) {
        auto token = read_secret_file(options.token_file);
        if (!token) {
            return unexpected(token.error());
        }
        credentials.token = *std::move(token);
    } else if (!options.user.empty()) {
        auto password = options.password_file.empty() ? prompt_secret("Password: ")
                                                      : read_secret_file(options.password_file);
        if (!password) {
            return unexpected(password.error());
        }
        credentials.password = *std::move(password);
    }
    return credentials;
}

}  // namespace

void add_connection(OptionSet& options, ConnectionOptions& target) {
    options.begin_section("Connection");
    options.add(
        {"-s,--server",
         "URL",
         "Server: tcp://HOST:PORT, tls://HOST:PORT, unix:///PATH or unix:@NAME; repeatable, tried "
         "in order. Default: the unix socket of this user or of the service, then "
         "tcp://127.0.0.1:4650, to which no credentials are sent",
         value::texts(target.servers)}
    );
    options.add(
        {"--connect-timeout",
         "DURATION",
         "Time to wait for a connection (default: 5s)",
         value::duration(target.connect_timeout)}
    );
    add_tls(options, target.tls);
    add_credentials(options, target);
}

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
    std::string_view command, const ConnectionOptions& options, SignalWaiter& signals
) {
    auto credentials = read_credentials(options);
    if (!credentials) {
        print_error(command, credentials.error());
        return unexpected(static_cast<int>(kUsage));
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
        if (code == kNotAuthenticated && !names_credentials(options)) {
            print_note(kCredentialsHint);
        }
        return unexpected(code);
    }
    return Connection(std::move(errors), *std::move(client));
}

int fail(std::string_view command, const Error& error) {
    print_server_error(command, to_string(error));
    return exit_code_of(error.code);
}

}  // namespace telex::cli
