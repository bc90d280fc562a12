#include "cli/connection/connection.hpp"

#include "cli/exit_code.hpp"
#include "cli/options/option_types.hpp"
#include "cli/terminal/complain.hpp"
#include "cli/terminal/secret.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <thread>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::uint64_t kShownErrors = 10;
constexpr std::string_view kCredentialsHint =
    "Say who you are with --user NAME, --token-file FILE or --identity FILE.";

bool names_credentials(const ConnectionOptions& options) {
    return !options.user.empty() || !options.token_file.empty() || !options.identity_file.empty();
}

ClientOptions client_options(
    std::string_view verb,
    const ConnectionOptions& options,
    Credentials credentials,
    Stop& stop,
    const std::shared_ptr<ErrorLog>& errors
) {
    ClientOptions client;
    client.servers = options.servers;
    client.name = fmt::format("telex-{}/{}", verb, TELEX_VERSION);
    client.tls = options.tls;
    client.credentials = std::move(credentials);
    client.no_echo = options.no_echo;
    client.connect_timeout = options.connect_timeout.value_or(client.connect_timeout);
    client.on_error = [errors](const Error& error) { errors->add(error); };
    client.on_disconnected = [errors](const Error& error) { errors->lost(error); };
    client.on_connected = [errors](const ServerInfo& server) { errors->connected(server.url); };
    client.on_closed = [&stop] { stop.notify(); };
    return client;
}

void add_tls(CLI::App& app, TlsOptions& tls) {
    const auto add = [&app](
                         const char* name, std::string& value, const char* type, const char* doc
                     ) { app.add_option(name, value, doc)->type_name(type); };
    add("--tls-ca", tls.ca_file, "FILE", "For tls://: authorities to trust (those of the system)");
    add("--tls-pin", tls.key_pin, "PIN", "For tls://: SHA-256 of the server's public key, base64");
    add("--tls-name", tls.server_name, "NAME", "For tls://: what the certificate is for (the host)"
    );
    add("--tls-cert", tls.certificate_file, "FILE", "For tls://: this client's certificate");
    add("--tls-key", tls.key_file, "FILE", "For tls://: and its private key");
}

void add_credentials(CLI::App& app, ConnectionOptions& options) {
    auto* const user = app.add_option("--user", options.user, "Who to be, with a password");
    user->type_name("NAME");
    auto* const password = app.add_option(
        "--password-file", options.password_file, "File with the password (else it is asked for)"
    );
    password->type_name("FILE")->needs(user);
    auto* const token =
        app.add_option("--token-file", options.token_file, "File with a token to show");
    token->type_name("FILE")->excludes(user);
    app.add_option(
           "--identity", options.identity_file, "File with a private key, from `telex keygen`"
    )
        ->type_name("FILE")
        ->excludes(user)
        ->excludes(token);
}

// Secrets come from files or the terminal, never from the command line, which everybody can read.
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
        auto password = options.password_file.empty() ? ask_secret("Password: ")
                                                      : read_secret_file(options.password_file);
        if (!password) {
            return unexpected(password.error());
        }
        credentials.password = *std::move(password);
    }
    return credentials;
}

}  // namespace

void add_connection(CLI::App& app, ConnectionOptions& options) {
    app.add_option(
           "-s,--server",
           options.servers,
           "tcp://, tls://host:port, unix:///path or unix:@name; repeatable, tried in order. "
           "Default: the unix socket of this user or of the service, then tcp://127.0.0.1:4650 "
           "(without credentials only)"
    )
        ->allow_extra_args(false)
        ->type_name("URL");
    add_duration(app, "--connect-timeout", options.connect_timeout, "For connecting (5s)");
    add_tls(app, options.tls);
    add_credentials(app, options);
}

ErrorLog::ErrorLog(std::string verb) : verb_(std::move(verb)) {}

void ErrorLog::add(const Error& error) {
    if (error.code == Errc::untrusted_server) {
        complain_quoting(verb_, to_string(error));  // another server does the work
        return;
    }
    const std::scoped_lock lock(mutex_);
    if (count_++ == 0) {
        exit_code_ = exit_code_of(error.code);
    }
    if (count_ <= kShownErrors) {
        complain_quoting(verb_, to_string(error));
    }
}

void ErrorLog::lost(const Error& why) {
    if (!ending_.load()) {
        complain_quoting(verb_, fmt::format("connection lost: {}", to_string(why)));
    }
}

void ErrorLog::connected(std::string_view url) {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(was_connected_, true)) {
        complain(verb_, fmt::format("connected again to {}", url));
    }
}

int ErrorLog::finish() {
    const std::scoped_lock lock(mutex_);
    if (count_ > kShownErrors) {
        complain(verb_, fmt::format("and {} more errors", count_ - kShownErrors));
    }
    return exit_code_;
}

Result<Connection, int> open_connection(
    std::string_view verb, const ConnectionOptions& options, Stop& stop
) {
    auto credentials = read_credentials(options);
    if (!credentials) {
        complain(verb, credentials.error());
        return unexpected(static_cast<int>(kUsage));
    }
    auto errors = std::make_shared<ErrorLog>(std::string(verb));
    Expected<Client> client = tl::unexpected(Error{});
    // On a thread of its own, so that Ctrl-C is heard meanwhile.
    std::thread connecting([&] {
        client = Client::connect(client_options(verb, options, *credentials, stop, errors));
        stop.notify();
    });
    if (stop.wait(std::nullopt, Watch::signals_only) == Wake::interrupted) {
        ::_exit(kInterrupted);
    }
    connecting.join();
    if (!client) {
        const int code = fail(verb, client.error());
        if (code == kNotAuthenticated && !names_credentials(options)) {
            tell(kCredentialsHint);
        }
        return unexpected(code);
    }
    return Connection(std::move(errors), *std::move(client));
}

int fail(std::string_view verb, const Error& error) {
    complain_quoting(verb, to_string(error));
    return exit_code_of(error.code);
}

}  // namespace telex::cli
