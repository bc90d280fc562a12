#pragma once
// How the tool reaches an exchange: options of the command line, which a context can store.
#include "cli/options/option_set.hpp"
#include <telex/options.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::cli {

struct ConnectionOptions {
    std::string context;  // its options are used where these are empty
    std::vector<std::string> servers;
    std::optional<std::chrono::milliseconds> connect_timeout;
    TlsOptions tls;
    std::string user;
    std::string password_file;
    std::string token_file;
    std::string identity_file;

    bool names_credentials() const {
        return !user.empty() || !token_file.empty() || !identity_file.empty();
    }
};

// The command that lists the names of contexts, for shells.
inline constexpr std::string_view kContextNames = "context list --names";

// One for all commands: these options may stand before or after the command.
using SharedConnection = std::shared_ptr<const ConnectionOptions>;

// --server, --connect-timeout, --tls-* and the credentials
void add_connection(OptionSet& options, ConnectionOptions& target);
// The same and --context, as the section "Connection".
void add_connection_or_context(OptionSet& options, ConnectionOptions& target);

}  // namespace telex::cli
