#pragma once
// Users: reading the list, and the rules over it and over the listeners that it is for.
#include "config/config.hpp"
#include "config/parse/reader.hpp"
#include "config/rules/listener_rules.hpp"

#include <string>
#include <vector>

namespace telex::config {

std::vector<access::User> read_users(const Node& node, const std::string& path, Reader& reader);

// Checks that no peer matches two users, and that each user can authenticate on a listener.
void check_users(const Config& config, const Origins& origins, Report& report);
// Checks that at least one user can use the listener.
void check_listener_user(const Config& config, const ListenerView& listener, Report& report);

}  // namespace telex::config
