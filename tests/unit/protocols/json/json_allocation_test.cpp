// A message costs no allocation.
#include "base/scratch_text.hpp"
#include "support/counted_allocations.hpp"
#include "wire/frame_view.hpp"
#include "wire/json_message_reader.hpp"
#include "wire/json_message_writer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace telex::session::native {
namespace {

TEST(JsonAllocation, MessagesNeedNoneAfterTheFirst) {
    constexpr std::string_view kLines[] = {
        R"({"message":{"subject":"a.b","text":"a text that is longer than a string holds in itself"}})",
        R"({"message":{"subject":"a.b","text":"\"escaped\"\n in several places \u00e4, and long enough"}})",
        R"({"message":{"subject":"a.b","payload":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIj"}})",
        R"({"message":{"subject":"a.b","text":"x","headers":[{"name":"a","value":"b"},{"name":"\t"}]}})",
        R"({"request":"7","timeoutMs":100,"message":{"subject":"a.b","text":"x","type":"T","id":"1"}})",
    };
    const auto carry_all = [&] {
        for (const std::string_view line : kLines) {
            ScratchText encoded;
            ASSERT_TRUE(wire::read_usual_json(line, encoded.text())) << line;
            const auto frame = wire::scan_frame(encoded.text());
            ASSERT_TRUE(frame) << line;
            ScratchText written;
            ASSERT_TRUE(wire::append_message_json(written.text(), *frame)) << line;
        }
    };
    carry_all();
    const std::size_t before = test::allocations();
    carry_all();
    EXPECT_EQ(test::allocations() - before, 0U);
}

}  // namespace
}  // namespace telex::session::native
