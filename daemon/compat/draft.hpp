#pragma once
// The settings of a command line and a configuration file of nats-server, before they become the
// daemon's own configuration.
#include "config/parse/diagnostic.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::compat {

struct Setting {
    std::string text;
    config::Position at;  // {0, 0}: of the command line
};

struct SubjectList {
    std::vector<Setting> allow;
    std::vector<Setting> deny;
    bool allows_all = true;  // but `deny`
};

struct PermissionDraft {
    SubjectList publish;
    SubjectList subscribe;
};

struct UserDraft {
    Setting name;
    // At most one of these.
    Setting password;
    Setting token;
    Setting nkey;
    std::optional<PermissionDraft> permissions;
};

inline constexpr std::string_view kListenerPrefix = "listener.";

struct Draft {
    // By the path of telex's configuration: "server.name"; "listener.limits.max_frame" for one of
    // the listener.
    std::map<std::string, Setting, std::less<>> keys;
    Setting host{"127.0.0.1", {0, 0}};
    std::uint16_t port = 4'222;
    std::vector<UserDraft> users;
    std::optional<PermissionDraft> default_permissions;
    bool verify_clients = false;
    bool verbose = false;
    std::string log_file;
    std::string pid_file;
};

}  // namespace telex::compat
