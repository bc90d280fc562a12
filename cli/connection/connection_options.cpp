#include "cli/connection/connection_options.hpp"

#include "cli/options/values.hpp"

namespace telex::cli {
namespace {

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

}  // namespace

void add_connection(OptionSet& options, ConnectionOptions& target) {
    options.add(
        {"-s,--server",
         "SERVER",
         "HOST, HOST:PORT, tcp://HOST:PORT, tls://HOST:PORT, /PATH or unix:@NAME; repeatable, "
         "tried "
         "in order. Default: TELEX_URL, the selected context, or the unix socket of this user or "
         "of "
         "the service, then tcp://127.0.0.1:4650, to which no credentials are sent",
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

void add_connection_or_context(OptionSet& options, ConnectionOptions& target) {
    options.begin_section("Connection");
    options
        .add(
            {"-c,--context",
             "NAME",
             "Use the options of this context, see `telex context`",
             value::listed_name(target.context, std::string(kContextNames))}
        )
        .excludes = {"--server"};
    add_connection(options, target);
}

}  // namespace telex::cli
