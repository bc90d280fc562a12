#pragma once
// The keys of the section `storage`, and the folder of a store that the file does not name.
#include "config/keys/server_keys.hpp"
#include "config/parse/environment.hpp"

#include <string>

namespace telex::config {

void add_storage_keys(Table<ConfigDraft>& table);

// Returns the first of $STATE_DIRECTORY, $XDG_STATE_HOME/telex and $HOME/.local/state/telex; empty
// if none of the variables is an absolute path.
std::string default_storage_folder(const Environment& environment);

// Decides whether there is a store, and its folder, which then counts as a key of the file.
void settle_storage(
    Config& config, const Environment& environment, Origins& origins, Report& report
);

}  // namespace telex::config
