#include "store/block.hpp"

#include "store/block_builder.hpp"
#include "unit/store/store_script.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace telex::store {
namespace {

using test::OwnedRecord;

std::string hex(ByteView bytes) {
    std::string text;
    for (const char byte : bytes) {
        text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    }
    return text;
}

BlockPtr block_of(std::vector<Record> records, Compression compression = Compression::none) {
    std::vector<BlockPtr> blocks;
    const auto added = BlockBuilder().add_blocks(5, records, compression, blocks);
    EXPECT_TRUE(added.has_value());
    EXPECT_EQ(blocks.size(), 1U);
    return blocks.front();
}

std::vector<Record> two_records() {
    return {
        {.sequence = 1000,
         .time = 1'700'000'000'000'000'000,
         .flags = 3,
         .subject = "a.b",
         .message_id = "id",
         .body = "hello"},
        {.sequence = 1002,
         .time = 1'700'000'000'000'000'150,
         .flags = 0,
         .subject = "a.c",
         .message_id = "",
         .body = ""},
    };
}

constexpr std::string_view kGolden =
    "88182d9dcf3ee33601000200020000002000000020000000e803000000000000"  // head
    "ea0300000000000000002a36fe9c971796002a36fe9c9717"
    "f60274bb436e5b69"                        // digest
    "1300000020000000"                        // ends
    "73b1189200000303612e6202696468656c6c6f"  // sequence 1000
    "0d6f2c8602ac020003612e6300";             // sequence 1002

TEST(Block, HasTheseBytes) {
    // A promise: stores of released versions have blocks of this form.
    EXPECT_EQ(hex(block_of(two_records())->stored()), kGolden);
}

TEST(Block, IsReadFromTheseBytes) {
    std::string bytes;
    for (std::size_t i = 0; i < kGolden.size(); i += 2) {
        const std::string digits(kGolden.substr(i, 2));
        bytes.push_back(static_cast<char>(std::stoi(digits, nullptr, 16)));
    }
    const auto block = Block::parse(5, 1000, bytes);
    ASSERT_TRUE(block.has_value()) << block.error().text;
    ASSERT_EQ((*block)->size(), 2U);
    EXPECT_EQ((*block)->record(0), two_records()[0]);
    EXPECT_EQ((*block)->record(1), two_records()[1]);
    EXPECT_EQ((*block)->first_time(), 1'700'000'000'000'000'000);
    EXPECT_EQ((*block)->last_time(), 1'700'000'000'000'000'150);
}

TEST(Block, FindsSequences) {
    const BlockPtr block = block_of(two_records());
    EXPECT_EQ(block->base(), 1000U);
    EXPECT_EQ(block->first(), 1000U);
    EXPECT_EQ(block->last(), 1002U);
    EXPECT_EQ(block->find(1), 0U);
    EXPECT_EQ(block->find(1000), 0U);
    EXPECT_EQ(block->find(1001), 1U);
    EXPECT_EQ(block->find(1002), 1U);
    EXPECT_EQ(block->find(1003), 2U);
}

TEST(Block, KeepsTimesThatGoBack) {
    const std::vector<Record> records = {
        {.sequence = 1, .time = INT64_MAX, .subject = "a"},
        {.sequence = 2, .time = INT64_MIN, .subject = "a"},
    };
    const BlockPtr block = block_of(records);
    EXPECT_EQ(block->record(0).time, INT64_MAX);
    EXPECT_EQ(block->record(1).time, INT64_MIN);
}

TEST(Block, DigestNamesSubjects) {
    const BlockPtr block = block_of(two_records());
    EXPECT_TRUE(block->may_have(subject_hash("a.b")));
    EXPECT_TRUE(block->may_have(subject_hash("a.c")));
    EXPECT_FALSE(block->may_have(subject_hash("a.d")));
}

TEST(Block, DigestOfManySubjectsExcludesNone) {
    for (const std::size_t count : {64U, 65U}) {
        std::vector<std::string> subjects;
        std::vector<Record> records;
        subjects.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            subjects.push_back(fmt::format("s{}", i));
            records.push_back({.sequence = i + 1, .subject = subjects.back()});
        }
        const BlockPtr block = block_of(records);
        EXPECT_EQ(block->may_have(subject_hash("other")), count == 65) << count;
        for (const std::string& subject : subjects) {
            EXPECT_TRUE(block->may_have(subject_hash(subject)));
        }
    }
}

TEST(Block, CompressedHasTheSameRecords) {
    const std::string body(300, 'x');
    std::vector<Record> records;
    for (Sequence i = 1; i <= 100; ++i) {
        records.push_back({.sequence = i, .time = 5, .subject = "a.b", .body = body});
    }
    const BlockPtr plain = block_of(records);
    const BlockPtr packed = block_of(records, Compression::zstd);
    EXPECT_TRUE(packed->is_compressed());
    EXPECT_LT(packed->stored().size() * 4, plain->stored().size());
    const auto read = Block::parse(5, 1, std::string(packed->stored()));
    ASSERT_TRUE(read.has_value()) << read.error().text;
    for (std::size_t i = 0; i < records.size(); ++i) {
        EXPECT_EQ((*read)->record(i), records[i]);
        EXPECT_EQ(packed->record(i), records[i]);
    }
}

TEST(Block, ThatDoesNotShrinkIsNotCompressed) {
    EXPECT_FALSE(block_of(two_records(), Compression::zstd)->is_compressed());
}

TEST(Block, EveryFlippedBitIsDetected) {
    for (const Compression compression : {Compression::none, Compression::zstd}) {
        const BlockPtr block = test::blocks_of(3, 10, 40, compression).front();
        const std::string bytes(block->stored());
        ASSERT_TRUE(Block::parse(3, 10, bytes).has_value());
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            std::string damaged = bytes;
            damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
            const auto read = Block::parse(3, 10, damaged);
            ASSERT_FALSE(read.has_value()) << "bit " << bit;
            EXPECT_GE(read.error().first, 10U);
            EXPECT_LE(read.error().last, 49U);
        }
    }
}

TEST(Block, EveryOtherLengthIsDetected) {
    const std::string bytes(test::blocks_of(3, 10, 40, Compression::none).front()->stored());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(Block::parse(3, 10, bytes.substr(0, size)).has_value()) << size;
    }
    EXPECT_FALSE(Block::parse(3, 10, bytes + '\0').has_value());
}

TEST(Block, UnderAWrongKeyIsDetected) {
    const std::string bytes(test::blocks_of(3, 10, 4, Compression::none).front()->stored());
    EXPECT_FALSE(Block::parse(4, 10, bytes).has_value());
    EXPECT_FALSE(Block::parse(3, 11, bytes).has_value());
}

TEST(Block, DamagedRecordIsNamed) {
    const BlockPtr block = test::blocks_of(3, 10, 40, Compression::none).front();
    std::string bytes(block->stored());
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    const auto read = Block::parse(3, 10, bytes);
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().first, 49U);
    EXPECT_EQ(read.error().last, 49U);
}

TEST(BlockBuilder, SplitsAtItsLimits) {
    const auto many = test::blocks_of(1, 1, 600, Compression::none);
    ASSERT_EQ(many.size(), 3U);
    EXPECT_EQ(many[0]->size(), 256U);
    EXPECT_EQ(many[1]->base(), 257U);
    EXPECT_EQ(many[2]->last(), 600U);

    const std::string large(40'000, 'x');
    const std::string huge(200'000, 'y');
    const std::vector<Record> records = {
        {.sequence = 1, .body = large},
        {.sequence = 2, .body = "a"},
        {.sequence = 3, .body = large},
        {.sequence = 4, .body = huge},
        {.sequence = 5, .body = "b"},
    };
    std::vector<BlockPtr> blocks;
    ASSERT_TRUE(BlockBuilder().add_blocks(1, records, Compression::none, blocks).has_value());
    std::vector<Sequence> bases;
    for (const BlockPtr& block : blocks) {
        bases.push_back(block->base());
    }
    EXPECT_EQ(bases, (std::vector<Sequence>{1, 3, 4, 5}));
    EXPECT_EQ(blocks[2]->record(0).body, huge);
}

TEST(BlockBuilder, RefusesRecordsOutOfOrder) {
    const std::vector<Record> records = {{.sequence = 2}, {.sequence = 2}};
    std::vector<BlockPtr> blocks;
    const auto added = BlockBuilder().add_blocks(1, records, Compression::none, blocks);
    ASSERT_FALSE(added.has_value());
    EXPECT_EQ(added.error().fault, StoreFault::invalid);
    EXPECT_TRUE(blocks.empty());
    const std::vector<Record> zero = {{.sequence = 0}};
    EXPECT_FALSE(BlockBuilder().add_blocks(1, zero, Compression::none, blocks).has_value());
}

TEST(BlockBuilder, RefusesTextsThatAreTooLong) {
    const std::string text(kMaxSubject + 1, 'x');
    const std::vector<Record> records = {{.sequence = 2, .subject = text}};
    std::vector<BlockPtr> blocks;
    EXPECT_FALSE(BlockBuilder().add_blocks(1, records, Compression::none, blocks).has_value());
}

TEST(BlockBuilder, ReplacesABlockUnderItsBase) {
    const OwnedRecord left(1, 7);
    const std::vector<Record> records = {left.view()};
    const auto block = BlockBuilder().replace_block(1, 5, records, Compression::none);
    ASSERT_TRUE(block.has_value());
    EXPECT_EQ((*block)->base(), 5U);
    EXPECT_EQ((*block)->first(), 7U);
    const auto read = Block::parse(1, 5, std::string((*block)->stored()));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ((*read)->record(0), left.view());
    EXPECT_FALSE(BlockBuilder().replace_block(1, 8, records, Compression::none).has_value());
    EXPECT_FALSE(BlockBuilder().replace_block(1, 5, {}, Compression::none).has_value());
}

}  // namespace
}  // namespace telex::store
