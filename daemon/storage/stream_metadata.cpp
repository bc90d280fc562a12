#include "storage/stream_metadata.hpp"

#include "wire/field_reader.hpp"
#include "wire/field_writer.hpp"

namespace telex::storage {

namespace {

// Promises: stores on disks have them.
constexpr std::uint32_t kConfig = 1;
constexpr std::uint32_t kFirst = 2;
constexpr std::uint32_t kLast = 3;
constexpr std::uint32_t kCreated = 4;
constexpr std::uint32_t kConfigured = 5;
constexpr std::uint32_t kNextStream = 6;

}  // namespace

std::string encode(const StreamMetadata& metadata) {
    std::string bytes;
    wire::append_text(bytes, kConfig, metadata.config);
    wire::append_number(bytes, kFirst, metadata.first);
    wire::append_number(bytes, kLast, metadata.last);
    wire::append_number(bytes, kCreated, static_cast<std::uint64_t>(metadata.created));
    wire::append_number(bytes, kConfigured, metadata.configured ? 1 : 0);
    wire::append_number(bytes, kNextStream, metadata.next_stream);
    return bytes;
}

std::optional<StreamMetadata> decode_metadata(ByteView bytes) {
    StreamMetadata metadata{.config = {}, .first = 0};
    wire::FieldReader fields(bytes);
    while (fields.next()) {
        switch (fields.field()) {
            case kConfig:
                metadata.config = fields.bytes();
                break;
            case kFirst:
                metadata.first = fields.number();
                break;
            case kLast:
                metadata.last = fields.number();
                break;
            case kCreated:
                metadata.created = static_cast<std::int64_t>(fields.number());
                break;
            case kConfigured:
                metadata.configured = fields.number() != 0;
                break;
            case kNextStream:
                metadata.next_stream = static_cast<std::uint32_t>(fields.number());
                break;
            default:
                break;
        }
    }
    return fields.ok() ? std::optional(std::move(metadata)) : std::nullopt;
}

}  // namespace telex::storage
