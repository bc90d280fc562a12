// `telex keygen`: makes a key or a token, and the entry of its user.
#include "auth/signing_key.hpp"
#include "auth/token.hpp"
#include "cli/commands/verb.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/complain.hpp"
#include "cli/terminal/output.hpp"
#include "cli/terminal/secret.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>
#include <string>

namespace telex::cli {
namespace {

constexpr std::string_view kKeygen = "keygen";

struct KeygenOptions {
    std::string file;
    bool token = false;
};

int run_keygen(const KeygenOptions& options) {
    std::string secret;
    std::string entry;
    if (options.token) {
        secret = auth::make_token();
        entry = "tokens: \"" + auth::to_text("sha256", auth::digest_of(secret)) + "\"";
        secret += '\n';
    } else {
        const auth::SigningKey key = auth::SigningKey::generate();
        secret = key.pem();
        entry = "keys: \"" + auth::to_text("ed25519", key.public_key()) + "\"";
    }
    const auto written = write_secret_file(options.file, secret);
    auth::wipe(secret);
    if (!written) {
        complain(kKeygen, written.error());
        return kUsage;
    }
    return print(kKeygen, entry + "\n");
}

}  // namespace

Action add_keygen(CLI::App& app) {
    auto options = std::make_shared<KeygenOptions>();
    app.add_option("FILE", options->file, "Where the secret goes; must not exist yet")->required();
    app.add_flag("--token", options->token, "A token instead of a key");
    app.footer(
        "Writes an Ed25519 private key for --identity, or a token for --token-file, into FILE,\n"
        "and prints the key for the user in the configuration of telexd, from which nobody can\n"
        "find the secret."
    );
    return [options] { return run_keygen(*options); };
}

}  // namespace telex::cli
