// `telex passwd`: makes the entry of a user with a password.
#include "auth/password_hash.hpp"
#include "auth/token.hpp"
#include "base/result.hpp"
#include "cli/commands/verb.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/complain.hpp"
#include "cli/terminal/output.hpp"
#include "cli/terminal/secret.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <string>

namespace telex::cli {
namespace {

constexpr std::string_view kPasswd = "passwd";

// Typed twice, because it is not seen; from a pipe once.
[[nodiscard]] Result<std::string, std::string> ask_new_password() {
    auto password = ask_secret("New password: ");
    if (!password || ::isatty(STDIN_FILENO) == 0) {
        return password;
    }
    auto again = ask_secret("The same again: ");
    if (again && *again != *password) {
        return unexpected(std::string("the two are not the same"));
    }
    return again;
}

int run_passwd(const std::string& name) {
    auto password = ask_new_password();
    if (!password) {
        complain(kPasswd, password.error());
        return kUsage;
    }
    if (password->size() > auth::kMaxPasswordBytes) {
        complain(kPasswd, fmt::format("more than {} bytes", auth::kMaxPasswordBytes));
        return kUsage;
    }
    const std::string hash = auth::hash_password(*password);
    auth::wipe(*password);
    return print(kPasswd, fmt::format("  - name: {}\n    password: \"{}\"\n", name, hash));
}

}  // namespace

Action add_passwd(CLI::App& app) {
    auto name = std::make_shared<std::string>();
    app.add_option("USER", *name, "The user's name, for the entry")->required();
    app.footer(
        "Asks for a password, twice on a terminal, or reads a line from a pipe, and prints what\n"
        "belongs under 'users' in the configuration of telexd: an argon2id hash."
    );
    return [name] { return run_passwd(*name); };
}

}  // namespace telex::cli
