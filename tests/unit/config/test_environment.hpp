#pragma once
// A fixed environment, and files that exist for the duration of a test.
#include "config/parse/environment.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace telex::config {

inline Environment fixed_environment() {
    Environment environment;
    environment.uid = 1234;
    environment.processors = 3;
    environment.variables = {{"INJECTION", "x}, log: {level: error"}, {"EMPTY", ""}};
    return environment;
}

using test::TemporaryFolder;

inline std::string read_whole(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace telex::config
