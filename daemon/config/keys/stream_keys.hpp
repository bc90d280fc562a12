#pragma once
// The keys of an entry of `streams`.
#include "config/config.hpp"
#include "config/keys/key.hpp"

namespace telex::config {

const Table<StreamEntry>& stream_keys();

}  // namespace telex::config
