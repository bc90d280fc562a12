#include "cli/messages/proto_type.hpp"

#include "cli_testing.hpp"

#include <gmock/gmock.h>

namespace telex::cli {
namespace {

constexpr const char* kCharge = R"(syntax = "proto3";
package billing.v1;
import "google/protobuf/timestamp.proto";
import "money.proto";
message Charge {
  string customer = 1;
  Money amount = 2;
  google.protobuf.Timestamp when = 3;
}
)";
constexpr const char* kMoney = R"(syntax = "proto3";
package billing.v1;
message Money { int64 cents = 1; }
)";

TEST(ProtoType, CompilesAFileWithItsImports) {
    const TemporaryFolder folder;
    folder.write("money.proto", kMoney);
    const auto type =
        ProtoType::load({.file = folder.write("charge.proto", kCharge), .type = "billing.v1.Charge"}
        );
    ASSERT_TRUE(type) << type.error();
    const auto payload =
        type->from_json(R"({"customer":"ada","amount":{"cents":5},"when":"1970-01-01T00:00:02Z"})");
    ASSERT_TRUE(payload) << payload.error();
    EXPECT_EQ(
        *payload,
        "\x0A\x03"
        "ada"
        "\x12\x02\x08\x05\x1A\x02\x08\x02"
    );
    EXPECT_EQ(
        type->to_json(*payload),
        R"({"customer":"ada","amount":{"cents":"5"},"when":"1970-01-01T00:00:02Z"})"
    );
}

TEST(ProtoType, SearchesThePathsForImports) {
    const TemporaryFolder folder;
    folder.write("lib/money.proto", kMoney);
    const std::string file = folder.write("api/charge.proto", kCharge);
    EXPECT_FALSE(ProtoType::load({.file = file, .type = "billing.v1.Charge"}));
    const auto type = ProtoType::load(
        {.file = file, .paths = {folder.path() + "/lib"}, .type = "billing.v1.Charge"}
    );
    EXPECT_TRUE(type) << type.error();
}

TEST(ProtoType, ReportsThePositionOfAnError) {
    const TemporaryFolder folder;
    const std::string file =
        folder.write("bad.proto", "syntax = \"proto3\";\nmessage A {\n  strin a = 1;\n}\n");
    const auto type = ProtoType::load({.file = file, .type = "A"});
    ASSERT_FALSE(type);
    EXPECT_EQ(type.error(), "bad.proto:3:3: \"strin\" is not defined.");
}

TEST(ProtoType, ListsTheMessagesOfTheFile) {
    const TemporaryFolder folder;
    const std::string file = folder.write("money.proto", kMoney);
    const auto type = ProtoType::load({.file = file, .type = "Money"});
    ASSERT_FALSE(type);
    EXPECT_EQ(type.error(), file + " does not define message 'Money'; it defines billing.v1.Money");
}

TEST(ProtoType, ReportsAnUnreadableFile) {
    const TemporaryFolder folder;
    const auto type = ProtoType::load({.file = folder.path() + "/none.proto", .type = "A"});
    ASSERT_FALSE(type);
    EXPECT_THAT(type.error(), testing::HasSubstr("none.proto"));
}

TEST(ProtoType, LoadsBuiltInTypes) {
    const auto type = ProtoType::load({.type = "telex.v1.ServerTime"});
    ASSERT_TRUE(type) << type.error();
    EXPECT_EQ(type->name(), "telex.v1.ServerTime");
    EXPECT_FALSE(ProtoType::load({.type = "billing.v1.Charge"}));
}

TEST(ProtoType, RejectsInvalidPayloadsAndJson) {
    const auto type = ProtoType::load({.type = "telex.v1.ServerTime"});
    ASSERT_TRUE(type);
    EXPECT_EQ(type->to_json("\x08").error(), "not a valid telex.v1.ServerTime");
    EXPECT_THAT(
        type->from_json("{\"nope\":1}").error(),
        testing::StartsWith("not the JSON form of telex.v1.ServerTime: ")
    );
    EXPECT_FALSE(type->from_json("{"));
}

TEST(ProtoType, RejectsUnlimitedNesting) {
    const TemporaryFolder folder;
    const auto type = ProtoType::load(
        {.file = folder.write("n.proto", "syntax = \"proto3\";\nmessage N { N n = 1; }\n"),
         .type = "N"}
    );
    ASSERT_TRUE(type);
    std::string payload;
    for (int depth = 0; depth < 40; ++depth) {
        payload = "\x0A" + std::string(1, static_cast<char>(payload.size())) + payload;
    }
    EXPECT_TRUE(type->to_json(payload));
    // Nested groups of an unknown field.
    EXPECT_FALSE(type->to_json(std::string(200, '\x13') + std::string(200, '\x14')));
}

}  // namespace
}  // namespace telex::cli
