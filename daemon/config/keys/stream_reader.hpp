#pragma once
// Reads the list `streams`, and checks its entries.
#include "config/config.hpp"
#include "config/parse/origins.hpp"
#include "config/parse/reader.hpp"
#include "config/parse/report.hpp"
#include "config/parse/yaml_tree.hpp"

#include <string>
#include <vector>

namespace telex::config {

std::vector<StreamEntry> read_streams(const Node& node, const std::string& path, Reader& reader);

// Impossible and contradictory settings, names that occur twice, unknown accounts, subjects that
// two streams of an account would store.
void check_streams(const Config& config, const Origins& origins, Report& report);

}  // namespace telex::config
