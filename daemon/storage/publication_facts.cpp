#include "storage/publication_facts.hpp"

#include "telex/v1/telex.pb.h"
#include "wire/reader.hpp"
#include "wire/tag.hpp"

namespace telex::storage {

namespace {

using wire::tag_of;
using wire::WireType;

constexpr std::uint32_t kId = tag_of(v1::Message::kIdFieldNumber, WireType::length);
constexpr std::uint32_t kTtl = tag_of(v1::Message::kTtlMsFieldNumber, WireType::varint);
constexpr std::uint32_t kExpectedLast =
    tag_of(v1::Message::kExpectedLastSequenceFieldNumber, WireType::varint);
constexpr std::uint32_t kExpectedSubject =
    tag_of(v1::Message::kExpectedSubjectSequenceFieldNumber, WireType::varint);
constexpr std::uint32_t kRollUp = tag_of(v1::Message::kRollUpFieldNumber, WireType::varint);

bool read_number(wire::Reader& in, std::optional<std::uint64_t>& number) {
    return in.read_varint(number.emplace());
}

bool read_field(wire::Reader& in, std::uint32_t tag, PublicationFacts& facts) {
    switch (tag) {
        case kId:
            return in.read_bytes(facts.id);
        case kTtl:
            return in.read_varint(facts.ttl_ms);
        case kExpectedLast:
            return read_number(in, facts.expected_last);
        case kExpectedSubject:
            return read_number(in, facts.expected_subject_last);
        case kRollUp:
            return in.read_varint(facts.roll_up);
        default:
            break;
    }
    if (static_cast<WireType>(tag & 7U) == WireType::length) [[likely]] {
        std::string_view skipped;
        return in.read_bytes(skipped);
    }
    return in.skip(tag, wire::kMaxDepth);
}

}  // namespace

std::optional<PublicationFacts> read_publication(ByteView body) {
    PublicationFacts facts;
    wire::Reader in(body);
    while (!in.at_end()) {
        std::uint32_t tag = 0;
        if (!in.read_tag(tag) || !read_field(in, tag, facts)) {
            return std::nullopt;
        }
    }
    return facts;
}

}  // namespace telex::storage
