#include "app/run.hpp"

#include "app/application.hpp"
#include "app/configuration_load.hpp"
#include "app/exit_codes.hpp"
#include "app/start_files.hpp"
#include "app/store_verification.hpp"
#include "config/render/print.hpp"
#include "config/render/reference.hpp"
#include "config/render/schema.hpp"
#include "log/output.hpp"
#include "sd/listen_fds.hpp"

#include <fmt/format.h>
#include <sysexits.h>

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

namespace telex::app {

namespace {

std::optional<std::string> text_without_a_file(Options::Action action) {
    switch (action) {
        case Options::Action::print_config_reference:
            return config::reference_markdown();
        case Options::Action::print_defaults:
            return config::print_defaults();
        case Options::Action::print_schema:
            return config::json_schema();
        default:
            return std::nullopt;
    }
}

int print(const std::string& text) {
    const bool written = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
    return written ? EX_OK : EX_IOERR;
}

}  // namespace

int run(const Options& options) {
    if (const auto text = text_without_a_file(options.action)) {
        return print(*text);
    }
    auto environment = config::Environment::of_process();
    if (options.action == Options::Action::check_config) {
        environment.certificates_at =
            std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    }
    auto source = load_configuration(options, environment);
    config::LoadResult& loaded = source.result;
    std::fputs(config::render(loaded.diagnostics).c_str(), stderr);
    if (!loaded.config) {
        return exit_code_of(loaded.status);
    }
    if (options.action == Options::Action::print_config) {
        return print(config::print_config(*loaded.config, loaded.settings));
    }
    if (options.action == Options::Action::check_config) {
        return print(fmt::format("{}: the configuration is right\n", configuration_name(options)));
    }
    if (options.action == Options::Action::verify_store) {
        return verify_store(loaded.config->storage);
    }
    if (!source.log_file.empty()) {
        if (const auto taken = log_to_file(source.log_file); !taken) {
            std::fputs(fmt::format("telexd: {}\n", taken.error()).c_str(), stderr);
            return EX_IOERR;
        }
    }
    // Before this process opens descriptors and starts threads.
    auto passed = sd::take_passed_sockets();
    Application application(
        Reloader(
            [&options] {
                return load_configuration(options, config::Environment::of_process()).result;
            },
            std::move(*loaded.config),
            std::move(loaded.settings)
        ),
        std::move(passed),
        std::move(source.pid_file)
    );
    const int exit_code = application.run();
    log::finish();
    return exit_code;
}

}  // namespace telex::app
