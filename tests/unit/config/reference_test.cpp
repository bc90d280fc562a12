#include "config/render/reference.hpp"

#include "test_environment.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace telex::config {
namespace {

// With TELEX_UPDATE_DOCS=1 in the environment the test writes the file.
TEST(Reference, MatchesTheDocument) {
    const auto path = std::filesystem::path(TELEX_SOURCE_DIR) / "docs/configuration.md";
    if (std::getenv("TELEX_UPDATE_DOCS") != nullptr) {
        std::ofstream(path, std::ios::binary) << reference_markdown();
    }
    EXPECT_TRUE(read_whole(path) == reference_markdown())
        << "docs/configuration.md is out of date. Update it with\n"
           "  TELEX_UPDATE_DOCS=1 unit_config --gtest_filter=Reference.*\n"
           "from the bin folder of your build.";
}

}  // namespace
}  // namespace telex::config
