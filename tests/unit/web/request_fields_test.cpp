#include "web/request_fields.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace telex::web {
namespace {

using ::testing::ElementsAre;

enum class Place : std::uint8_t { host, origin };

constexpr std::array<std::string_view, 2> kNames = {"Host", "Origin"};

TEST(RequestFields, AreThoseBehindTheFirstLine) {
    std::vector<std::string> seen;
    EXPECT_TRUE(for_each_field("GET / HTTP/1.1\r\nA: 1\nB:\t2 \r\n\r\n", [&](Field field) {
        seen.push_back(std::string(field.name) + "=" + std::string(field.value));
        return true;
    }));
    EXPECT_THAT(seen, ElementsAre("A=1", "B=2"));
}

TEST(RequestFields, EndWithTheOneThatIsNotUsed) {
    int fields = 0;
    EXPECT_FALSE(for_each_field("GET / HTTP/1.1\nA: 1\nB: 2\n\n", [&](Field) {
        ++fields;
        return false;
    }));
    EXPECT_EQ(fields, 1);
}

TEST(SingleFields, KeepTheNamedOnes) {
    SingleFields<Place, kNames.size()> fields(kNames);
    EXPECT_TRUE(fields.take({"hOST", "a"}));
    EXPECT_TRUE(fields.take({"Hosts", "b"}));
    EXPECT_TRUE(fields.take({"Hosts", "c"}));
    EXPECT_EQ(fields[Place::host], "a");
    EXPECT_EQ(fields[Place::origin], std::nullopt);
}

TEST(SingleFields, AreThereOnce) {
    SingleFields<Place, kNames.size()> fields(kNames);
    EXPECT_TRUE(fields.take({"Origin", ""}));
    EXPECT_FALSE(fields.take({"origin", ""}));
}

}  // namespace
}  // namespace telex::web
