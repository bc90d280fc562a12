#include "storage/consumer_metadata.hpp"

#include "wire/field_reader.hpp"
#include "wire/field_writer.hpp"

namespace telex::storage {

namespace {

// Promises: stores on disks have them.
constexpr std::uint32_t kConsumerName = 1;
constexpr std::uint32_t kConsumerConfig = 2;
constexpr std::uint32_t kConsumerCreated = 3;
constexpr std::uint32_t kConsumerSnapshot = 4;

}  // namespace

std::string encode(const ConsumerMetadata& metadata) {
    std::string bytes;
    wire::append_text(bytes, kConsumerName, metadata.name);
    wire::append_text(bytes, kConsumerConfig, metadata.config);
    wire::append_number(bytes, kConsumerCreated, static_cast<std::uint64_t>(metadata.created));
    wire::append_text(bytes, kConsumerSnapshot, metadata.snapshot);
    return bytes;
}

std::optional<ConsumerMetadata> decode_consumer(ByteView bytes) {
    ConsumerMetadata metadata;
    wire::FieldReader fields(bytes);
    while (fields.next()) {
        switch (fields.field()) {
            case kConsumerName:
                metadata.name = fields.bytes();
                break;
            case kConsumerConfig:
                metadata.config = fields.bytes();
                break;
            case kConsumerCreated:
                metadata.created = static_cast<std::int64_t>(fields.number());
                break;
            case kConsumerSnapshot:
                metadata.snapshot = fields.bytes();
                break;
            default:
                break;
        }
    }
    return fields.ok() ? std::optional(std::move(metadata)) : std::nullopt;
}

}  // namespace telex::storage
