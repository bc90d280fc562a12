#include "app/configuration_load.hpp"

namespace telex::app {

compat::Loaded load_configuration(const Options& options, const config::Environment& environment) {
    if (options.nats) {
        return compat::load(*options.nats, environment);
    }
    compat::Loaded loaded;
    loaded.result = config::load_file(options.config_file, environment);
    return loaded;
}

std::string configuration_name(const Options& options) {
    if (!options.nats) {
        return options.config_file;
    }
    const std::string_view file = options.nats->value("config");
    return file.empty() ? "command line" : std::string(file);
}

}  // namespace telex::app
