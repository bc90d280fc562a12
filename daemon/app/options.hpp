#pragma once
// The command line of telexd. After `--nats-compat` it is that of nats-server.
#include "compat/flags.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace telex::app {

struct Options {
    enum class Action : std::uint8_t {
        run,
        check_config,
        print_config,
        print_defaults,
        print_schema,
        print_config_reference,
        verify_store,
    };
    Action action = Action::run;
    std::string config_file = "/etc/telex/telexd.yaml";
    // In place of the configuration file: the command line of nats-server.
    std::optional<compat::Flags> nats;
};

// Returns the options, or the exit code if the process must exit now: after --help, --version or a
// usage error, which it has printed.
std::variant<Options, int> parse_options(int argc, const char* const* argv);

}  // namespace telex::app
