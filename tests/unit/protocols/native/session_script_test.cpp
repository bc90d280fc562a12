// Every protocol with a framing of the codec under many random scripts; the fuzzers search on from
// here.
#include "support/session_script.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace telex::session::native {
namespace {

std::vector<const Protocol*> framed_protocols() {
    std::vector<const Protocol*> framed(protocols().begin(), protocols().end());
    std::erase_if(framed, [](const Protocol* protocol) { return protocol->has_own_framing(); });
    return framed;
}

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
    ::testing::ValuesIn(framed_protocols()),
    [](const auto& instance) { return std::string(instance.param->name); }
);

}  // namespace
}  // namespace telex::session::native
