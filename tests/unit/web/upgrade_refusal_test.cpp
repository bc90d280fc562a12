#include "web/upgrade_refusal.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace telex::web {
namespace {

TEST(UpgradeRefusal, HasAResponseOfHttp) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < kUpgradeFaults; ++i) {
        const auto fault = static_cast<UpgradeFault>(i);
        EXPECT_TRUE(names.insert(name_of(fault)).second) << name_of(fault);
        EXPECT_FALSE(text_of(fault).empty());
        const std::string response = refusal_of(fault);
        if (fault == UpgradeFault::incomplete || fault == UpgradeFault::timeout) {
            EXPECT_EQ(response, "");
            continue;
        }
        EXPECT_EQ(response.rfind("HTTP/1.1 4", 0), 0U) << response;
        const std::size_t body = response.find("\r\n\r\n") + 4;
        const std::string length = std::to_string(response.size() - body);
        EXPECT_NE(response.find("\r\nContent-Length: " + length + "\r\n"), std::string::npos);
    }
}

TEST(UpgradeRefusal, NamesTheVersionThatIsSpoken) {
    const std::string response = refusal_of(UpgradeFault::version);
    EXPECT_NE(response.find("426 "), std::string::npos);
    EXPECT_NE(response.find("Sec-WebSocket-Version: 13\r\n"), std::string::npos);
}

}  // namespace
}  // namespace telex::web
