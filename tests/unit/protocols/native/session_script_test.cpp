// Every protocol under many random scripts; the fuzzers search on from here.
#include "support/session_script.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace telex::session::native {
namespace {

class RandomScripts : public ::testing::TestWithParam<const Protocol*> {};

TEST_P(RandomScripts, KeepTheContract) {
    std::mt19937 random(20);
    for (int i = 0; i < 3'000; ++i) {
        std::string script(random() % 200, '\0');
        for (char& byte : script) {
            byte = static_cast<char>(random());
        }
        ASSERT_NO_THROW(testing::SessionScript(*GetParam(), script).run()) << "script " << i;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Protocols,
    RandomScripts,
    ::testing::ValuesIn(protocols().begin(), protocols().end()),
    [](const auto& instance) { return std::string(instance.param->name); }
);

}  // namespace
}  // namespace telex::session::native
