#include "app/options.hpp"

#include "protocols/nats/server_info.hpp"

#include <CLI/CLI.hpp>
#include <sysexits.h>

#include <cstdint>
#include <iostream>
#include <span>
#include <string_view>
#include <vector>

namespace telex::app {

namespace {

int print(std::string_view text) {
    return std::cout << text << std::flush ? EX_OK : EX_IOERR;
}

std::variant<Options, int> parse_nats_flags(std::span<const std::string> arguments) {
    auto flags = compat::parse_flags(arguments);
    if (!flags) {
        std::cerr << "telexd --nats-compat: " << flags.error() << '\n';
        return EX_USAGE;
    }
    Options options;
    switch (flags->action) {
        case compat::Flags::Action::help:
            return print(compat::flags_help());
        case compat::Flags::Action::version:
            return print("nats-server: v" + session::nats::announced_version(TELEX_VERSION) + "\n");
        case compat::Flags::Action::check:
            options.action = Options::Action::check_config;
            break;
        case compat::Flags::Action::run:
            break;
    }
    options.nats = *std::move(flags);
    return options;
}

}  // namespace

std::variant<Options, int> parse_options(int argc, const char* const* argv) {
    if (argc > 1 && argv[1] == std::string_view("--nats-compat")) {
        return parse_nats_flags(std::vector<std::string>(argv + 2, argv + argc));
    }
    Options options;
    bool check = false;
    CLI::App cli("telexd: message exchange for Linux sockets", "telexd");
    cli.set_version_flag("--version", "telexd " TELEX_VERSION);
    auto* config = cli.add_option("-c,--config", options.config_file, "Configuration file");
    config->type_name("FILE")->capture_default_str();
    cli.add_option_function<std::string>(
           "--check-config",
           [&](const std::string& file) {
               check = true;
               if (!file.empty()) {
                   options.config_file = file;
               }
           },
           "Check the configuration FILE (default: that of --config), print every error, and exit "
           "with 0 or 78"
    )
        ->expected(0, 1)
        ->type_name("FILE");
    const auto prints = [&](const char* name, Options::Action action, const char* help) {
        cli.add_flag_callback(name, [&options, action] { options.action = action; }, help);
    };
    using Action = Options::Action;
    prints(
        "--print-config",
        Action::print_config,
        "Print the effective configuration: FILE with all defaults"
    );
    prints("--print-defaults", Action::print_defaults, "Print the default configuration");
    prints(
        "--print-schema",
        Action::print_schema,
        "Print a JSON Schema of the configuration file, for editors"
    );
    prints(
        "--print-config-reference",
        Action::print_config_reference,
        "Print the configuration reference (Markdown)"
    );
    prints(
        "--verify-store",
        Action::verify_store,
        "Read the whole store of streams, print each damage, and exit with 0 or 74. No daemon may "
        "have it open"
    );
    cli.footer(
        "telexd --nats-compat [flags] takes the flags of nats-server instead; see telexd "
        "--nats-compat --help.\n\n"
        "Signals: HUP reloads the configuration; TERM and INT drain and stop, a second one stops\n"
        "immediately.\n"
        "Exit codes: 0 stopped, 64 usage error, 66 file not found, 71 system error, 74 output "
        "error or damaged store,\n"
        "75 address, socket or store in use, 77 permission denied, 78 configuration error."
    );
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (cli.exit(error) != 0) {
            return EX_USAGE;
        }
        return std::cout.flush() ? EX_OK : EX_IOERR;  // --help, --version
    }
    if (check) {
        options.action = Options::Action::check_config;
    }
    return options;
}

}  // namespace telex::app
