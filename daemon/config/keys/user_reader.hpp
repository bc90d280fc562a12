#pragma once
// Users: reading the list, and the rules over it and over the listeners that it is for.
#include "config/config.hpp"
#include "config/parse/reader.hpp"
#include "config/rules/listener_rules.hpp"

#include <string>
#include <vector>

namespace telex::config {

std::vector<access::User> read_users(const Node& node, const std::string& path, Reader& reader);

// No peer matches two users, and each user can authenticate somewhere.
void check_users(const Config& config, const Origins& origins, Report& report);
// At least one user can use the listener.
void check_listener_user(const Config& config, const ListenerView& listener, Report& report);

}  // namespace telex::config
