#include "storage/stream_metadata.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::storage {
namespace {

TEST(StreamMetadata, HasTheseBytes) {
    // A promise: stores of released versions have metadata of this form.
    const StreamMetadata metadata{
        .config = "cfg", .first = 300, .last = 7, .created = 5, .configured = true
    };
    EXPECT_EQ(
        encode(metadata),
        "\x0a\x03"
        "cfg"
        "\x10\xac\x02\x18\x07\x20\x05\x28\x01"
    );
    EXPECT_EQ(decode_metadata(encode(metadata)), metadata);
}

TEST(StreamMetadata, OfTheStoreHasTheNextNumber) {
    const StreamMetadata metadata{.config = {}, .first = 0, .next_stream = 9};
    EXPECT_EQ(encode(metadata), "\x30\x09");
    EXPECT_EQ(decode_metadata(encode(metadata)), metadata);
}

TEST(StreamMetadata, SkipsFieldsOfNewerVersions) {
    const StreamMetadata metadata{.config = "cfg", .first = 2};
    EXPECT_EQ(decode_metadata(encode(metadata) + "\x78\x01"), metadata);
}

TEST(StreamMetadata, IsNotReadFromOtherBytes) {
    EXPECT_FALSE(decode_metadata("\x0a\x7f"));
}

}  // namespace
}  // namespace telex::storage
