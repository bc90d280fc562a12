// A NATS session under many random scripts; the fuzzer searches on from here.
#include "support/nats_script.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace telex::session::nats {
namespace {

TEST(NatsScripts, DoWhatTheNaiveServerDoes) {
    std::mt19937 random(22);
    for (int i = 0; i < 3'000; ++i) {
        std::string script(random() % 300, '\0');
        for (char& byte : script) {
            byte = static_cast<char>(random());
        }
        ASSERT_NO_THROW(testing::NatsScript::run_all(script)) << "script " << i;
    }
}

}  // namespace
}  // namespace telex::session::nats
