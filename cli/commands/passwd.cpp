// `telex passwd`: prints the configuration entry of a user with a password.
#include "auth/password_hash.hpp"
#include "auth/token.hpp"
#include "auth/wipe.hpp"
#include "base/printable.hpp"
#include "base/result.hpp"
#include "cli/commands/commands.hpp"
#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/output.hpp"
#include "cli/terminal/print_error.hpp"
#include "cli/terminal/secret.hpp"
#include "config/keys/text_rules.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cctype>
#include <memory>
#include <string>

namespace telex::cli {
namespace {

constexpr std::string_view kPasswd = "passwd";

// Prompts twice on a terminal, because the input is not shown; reads a pipe once.
[[nodiscard]] Result<std::string, InputError> prompt_new_password() {
    SignalWaiter signals;
    auto password = prompt_secret("New password: ", signals);
    if (!password || ::isatty(STDIN_FILENO) == 0) {
        return password;
    }
    auto again = prompt_secret("Repeat the password: ", signals);
    if (again && *again != *password) {
        return unexpected(InputError{kUsage, "the passwords differ"});
    }
    return again;
}

// A plain scalar of YAML may neither begin with '-' nor be a word for "nothing".
std::string yaml_name(const std::string& name) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(name.front())) != 0 &&
                          name != "null" && name != "Null" && name != "NULL";
    return is_plain ? name : '"' + name + '"';
}

int run_passwd(const std::string& name) {
    if (const auto wrong = config::check_name(name)) {
        print_error(kPasswd, fmt::format("'{}' {}", printable(name), *wrong));
        return kUsage;
    }
    auto password = prompt_new_password();
    SignalWaiter::release();
    if (!password) {
        return fail(kPasswd, password.error());
    }
    if (password->size() > auth::kMaxPasswordBytes) {
        print_error(
            kPasswd, fmt::format("longer than the maximum of {} bytes", auth::kMaxPasswordBytes)
        );
        return kUsage;
    }
    const std::string hash = auth::hash_password(*password);
    auth::wipe(*password);
    return print(
        kPasswd, fmt::format("  - name: {}\n    password: \"{}\"\n", yaml_name(name), hash)
    );
}

}  // namespace

Command passwd_command() {
    auto name = std::make_shared<std::string>();
    Command command{.name = "passwd", .summary = "Generate a password hash for a user"};
    command.options.add({"USER", "", "Name of the user", value::text(*name)}).required = true;
    command.footer =
        "Prompts for the password twice on a terminal, or reads one line from a pipe.\n"
        "Prints the entry for 'users' in the configuration of telexd, with an argon2id\n"
        "hash.";
    command.run = [name] { return run_passwd(*name); };
    return command;
}

}  // namespace telex::cli
