#include "compat/load.hpp"

#include "compat/conf_keys.hpp"
#include "compat/conf_reader.hpp"
#include "compat/config_tree.hpp"
#include "compat/users.hpp"
#include "config/parse/input_file.hpp"
#include "config/parse/text_checks.hpp"
#include "net/address.hpp"
#include "net/peer.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace telex::compat {

namespace {

using config::Diagnostic;
using config::LoadStatus;

constexpr std::string_view kCommandLine = "command line";

std::string current_folder() {
    std::error_code error;
    const auto path = std::filesystem::current_path(error);
    return error ? std::string("/") : path.string() + "/";
}

Diagnostic diagnostic(std::string file, config::Severity severity, std::string message) {
    return {
        .file = std::move(file),
        .at = {0, 0},
        .severity = severity,
        .message = std::move(message),
        .hint = {},
        .source = {},
    };
}

// Adds the file's settings to the draft.
LoadStatus read_conf_file(
    const std::string& name,
    const config::Environment& environment,
    Draft& draft,
    std::vector<Diagnostic>& diagnostics
) {
    const auto text = config::read_regular_file(name, config::kMaxFileBytes);
    if (!text) {
        diagnostics.push_back(diagnostic(name, config::Severity::error, text.error().text));
        return text.error().problem == config::FileProblem::no_permission
                   ? LoadStatus::no_permission
               : text.error().problem == config::FileProblem::unreadable ? LoadStatus::unreadable
                                                                         : LoadStatus::invalid;
    }
    const ConfSource source{
        .file = [](const std::string& path) -> Result<std::string, std::string> {
            auto included = config::read_regular_file(path, config::kMaxFileBytes);
            return included ? Result<std::string, std::string>(*std::move(included))
                            : unexpected(included.error().text);
        },
        .variable = [&](std::string_view variable) { return environment.variable(variable); },
    };
    const auto file = read_conf(name, *text, source);
    if (!file) {
        diagnostics.push_back(file.error());
        return LoadStatus::invalid;
    }
    diagnostics = read_keys(*file, current_folder(), draft);
    return diagnostics.empty() ? LoadStatus::loaded : LoadStatus::invalid;
}

// The user of the command line takes the place of those in the file.
std::optional<std::string> read_user_flags(const Flags& flags, Draft& draft) {
    UserDraft user;
    const config::Position nowhere{0, 0};
    user.name = {std::string(flags.value("user")), nowhere};
    user.password = {std::string(flags.value("pass")), nowhere};
    user.token = {std::string(flags.value("auth")), nowhere};
    if (user.name.text.empty() && user.password.text.empty() && user.token.text.empty()) {
        return std::nullopt;
    }
    user.permissions = PermissionDraft{};  // all
    if (auto fault = settle_user(user)) {
        return fault;
    }
    draft.users.clear();
    draft.users.push_back(std::move(user));
    return std::nullopt;
}

void read_tls_flags(const Flags& flags, Draft& draft) {
    const auto set = [&](std::string_view flag, std::string_view path) {
        if (const std::string_view value = flags.value(flag); !value.empty()) {
            draft.keys[std::string(path)] = {
                value.starts_with('/') ? std::string(value) : current_folder() + std::string(value),
                {0, 0}
            };
        }
    };
    const bool on = flags.is_on("tls") || flags.is_on("tlsverify");
    if (!on && !draft.keys.contains("listener.tls")) {
        return;  // nats-server ignores the files, too
    }
    draft.keys.try_emplace("listener.tls");
    set("tlscert", "listener.tls.certificate");
    set("tlskey", "listener.tls.key");
    set("tlscacert", "listener.tls.client_ca");
    draft.verify_clients = draft.verify_clients || flags.is_on("tlsverify");
}

std::optional<std::string> read_flags(const Flags& flags, Draft& draft) {
    if (const std::string_view host = flags.value("addr"); !host.empty()) {
        draft.host = {std::string(host), {0, 0}};
    }
    if (const std::string_view port = flags.value("port");
        !port.empty() && !read_port(port, draft)) {
        return fmt::format("-port: '{}' is not a port", config::shown(port));
    }
    if (const std::string_view name = flags.value("name"); !name.empty()) {
        draft.keys["server.name"] = {std::string(name), {0, 0}};
    }
    if (const std::string_view file = flags.value("log"); !file.empty()) {
        draft.log_file = file;
    }
    if (const std::string_view file = flags.value("pid"); !file.empty()) {
        draft.pid_file = file;
    }
    draft.verbose =
        draft.verbose || flags.is_on("debug") || flags.is_on("trace") || flags.is_on("debug_trace");
    read_tls_flags(flags, draft);
    return read_user_flags(flags, draft);
}

std::optional<std::string> missing_files(const Draft& draft) {
    const bool complete =
        draft.keys.contains("listener.tls.certificate") && draft.keys.contains("listener.tls.key");
    if (draft.keys.contains("listener.tls") && !complete) {
        return "TLS needs a certificate and its key (cert_file, key_file; -tlscert, -tlskey)";
    }
    if (draft.verify_clients && !draft.keys.contains("listener.tls.client_ca")) {
        return "client certificates need authorities to verify them (ca_file; -tlscacert)";
    }
    return std::nullopt;
}

bool is_open(const std::string& file) {
    struct stat facts{};
    return ::stat(file.c_str(), &facts) == 0 && (facts.st_mode & (S_IROTH | S_IWOTH)) != 0;
}

// About settings that the ordinary configuration refuses.
void warn(const Draft& draft, const std::string& name, std::vector<Diagnostic>& diagnostics) {
    const auto add = [&](std::string message) {
        diagnostics.push_back(diagnostic(name, config::Severity::warning, std::move(message)));
    };
    const auto key = draft.keys.find("listener.tls.key");
    if (key != draft.keys.end() && is_open(key->second.text)) {
        add(fmt::format("{}: every user can read this private key", key->second.text));
    }
    const auto address = net::parse_address(address_of(draft));
    const bool local = address && (address->host == "localhost" || net::is_loopback(address->host));
    if (!local && draft.users.empty() && !draft.verify_clients) {
        add("other hosts can connect, without authentication");
    } else if (!local && !draft.keys.contains("listener.tls")) {
        add("other hosts can connect, without TLS: passwords and tokens can be intercepted");
    }
}

}  // namespace

Loaded load(const Flags& flags, config::Environment environment) {
    environment.is_compatible = true;
    Loaded loaded;
    Draft draft;
    auto& diagnostics = loaded.result.diagnostics;
    const std::string file(flags.value("config"));
    const std::string name = file.empty() ? std::string(kCommandLine) : file;
    if (!file.empty()) {
        loaded.result.status = read_conf_file(file, environment, draft, diagnostics);
        if (loaded.result.status != LoadStatus::loaded) {
            return loaded;
        }
    }
    auto fault = read_flags(flags, draft);
    if (!fault) {
        fault = missing_files(draft);
    }
    if (fault) {
        diagnostics.push_back(
            diagnostic(std::string(kCommandLine), config::Severity::error, *std::move(fault))
        );
        loaded.result.status = LoadStatus::invalid;
        return loaded;
    }
    loaded.result = config::load_tree(name, config_tree(draft), environment);
    if (loaded.result.config) {
        warn(draft, name, loaded.result.diagnostics);
    }
    loaded.log_file = draft.log_file;
    loaded.pid_file = draft.pid_file;
    return loaded;
}

}  // namespace telex::compat
