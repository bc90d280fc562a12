#include "config/framing_lookup.hpp"

#include "test_environment.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace telex::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::string_view kFile = R"(users:
  - name: anna
    token_sha256: ${file:/nonexistent/secret}
framings:
  hl7: {kind: delimiter, delimiter: {start: "hex:0b", end: "hex:1c0d"}}
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
  - name: hospital
    address: tcp://127.0.0.1:0
    protocol: raw
    publish: a
    framing: hl7
    limits: {max_frame: 4KiB}
  - {name: metrics, address: "udp://127.0.0.1:0", protocol: raw, publish: b, framing: lines}
)";

class FramingOfListener : public ::testing::Test {
protected:
    [[nodiscard]] Result<codec::Framing, std::string> read(std::string_view listener) {
        return framing_of_listener(path_, listener, fixed_environment());
    }

    void write(std::string_view text) { std::ofstream(path_) << text; }

    TemporaryFolder folder_;
    std::string path_ = folder_.path("telexd.yaml");
};

TEST(FramingOfText, IsAPresetOrAMapping) {
    EXPECT_EQ(framing_of_text("u16be"), codec::parse_preset("u16be"));
    EXPECT_EQ(framing_of_text("fixed:7"), codec::parse_preset("fixed:7"));
    const auto framing = framing_of_text("{kind: length, length: {width: 2, at: 4}}");
    ASSERT_TRUE(framing);
    EXPECT_EQ(framing->length.at, 4);
    EXPECT_EQ(framing->max_frame_bytes, 65'535U);
}

TEST(FramingOfText, SaysWhatIsWrong) {
    EXPECT_THAT(framing_of_text("u16bee").error(), HasSubstr("did you mean 'u16be'?"));
    EXPECT_THAT(
        framing_of_text("{kind: length, length: {widht: 2}}").error(),
        AllOf(HasSubstr("framing.length"), HasSubstr("did you mean 'width'?"))
    );
    EXPECT_THAT(framing_of_text("{kind: fixed}").error(), HasSubstr("requires 'size'"));
    EXPECT_THAT(framing_of_text("{kind: [").error(), HasSubstr("YAML"));
}

TEST_F(FramingOfListener, HasItsNamedFramingAndItsLimit) {
    write(kFile);
    const auto framing = read("hospital");
    ASSERT_TRUE(framing) << framing.error();
    EXPECT_EQ(framing->delimiter.start, "\x0b");
    EXPECT_EQ(framing->max_frame_bytes, 4'096U);
}

TEST_F(FramingOfListener, IsThatOfItsProtocolByDefault) {
    write(kFile);
    EXPECT_EQ(read("native"), codec::parse_preset("protobuf-delimited"));
    EXPECT_EQ(read("metrics"), codec::parse_preset("lines"));
}

TEST_F(FramingOfListener, IsFoundByItsName) {
    write(kFile);
    EXPECT_EQ(
        read("hospitl").error(),
        path_ +
            ": unknown listener 'hospitl'; did you mean 'hospital'?; one of: native, "
            "hospital, metrics"
    );
}

TEST_F(FramingOfListener, IsRefusedWithItsPosition) {
    write("listeners:\n  - {name: a, address: 'tcp://*:0', protocol: raw, framing: u17}\n");
    EXPECT_THAT(read("a").error(), HasSubstr("telexd.yaml:2:"));
    write("listeners: [");
    EXPECT_THAT(read("a").error(), HasSubstr("telexd.yaml:"));
}

TEST_F(FramingOfListener, RequiresAFile) {
    EXPECT_THAT(read("a").error(), HasSubstr("No such file"));
}

}  // namespace
}  // namespace telex::config
