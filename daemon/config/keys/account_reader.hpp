#pragma once
// Reads accounts, and checks them as a whole.
#include "config/config.hpp"
#include "config/parse/origins.hpp"
#include "config/parse/reader.hpp"

#include <string>
#include <vector>

namespace telex::config {

std::vector<access::Account> read_accounts(
    const Node& node, const std::string& path, Reader& reader
);

// Checks names and imports of accounts, and the accounts of users.
void check_accounts(const Config& config, const Origins& origins, Report& report);

}  // namespace telex::config
