// `telex keygen`: generates a key or a token, and prints the configuration entry of its user.
#include "auth/nkey.hpp"
#include "auth/signing_key.hpp"
#include "auth/token.hpp"
#include "auth/wipe.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/output.hpp"
#include "cli/terminal/print_error.hpp"
#include "cli/terminal/secret.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>

namespace telex::cli {
namespace {

constexpr std::string_view kKeygen = "keygen";

struct KeygenOptions {
    std::string file;
    bool token = false;
    bool nkey = false;
};

int run_keygen(const KeygenOptions& options) {
    std::string secret;
    std::string entry;
    if (options.token) {
        secret = auth::make_token();
        entry = "tokens: \"" + auth::to_text("sha256", auth::digest_of(secret)) + "\"";
        secret += '\n';
    } else if (const auto key = auth::SigningKey::generate(); options.nkey) {
        secret = auth::to_nkey_seed(key) + '\n';
        entry = "keys: \"" + auth::to_nkey(key.public_key()) + "\"";
    } else {
        secret = key.pem();
        entry = "keys: \"" + auth::to_text("ed25519", key.public_key()) + "\"";
    }
    const auto written = create_private_file(options.file, secret);
    auth::wipe(secret);
    if (!written) {
        print_error(kKeygen, written.error());
        return kUsage;
    }
    return print(kKeygen, entry + "\n");
}

}  // namespace

Command keygen_command() {
    auto options = std::make_shared<KeygenOptions>();
    Command command{.name = "keygen", .summary = "Generate a key or a token for a user"};
    OptionSet& set = command.options;
    set.add({"FILE", "", "File to create for the secret; must not exist", value::text(options->file)
            })
        .required = true;
    set.add({"--token", "", "Generate a token instead of a key", value::flag(options->token)});
    set.add(
           {"--nkey", "", "Write the key in the form of NATS, as a seed", value::flag(options->nkey)
           }
    )
        .excludes = {"--token"};
    command.footer =
        "Writes an Ed25519 private key (for --identity) or a token (for --token-file) to\n"
        "FILE. "
        "Prints the public key, or the token's hash, for the user's entry in the\n"
        "configuration of telexd.";
    command.run = [options] { return run_keygen(*options); };
    return command;
}

}  // namespace telex::cli
