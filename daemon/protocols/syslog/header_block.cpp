#include "protocols/syslog/header_block.hpp"

#include "base/short_bytes.hpp"
#include "wire/field_numbers.hpp"
#include "wire/field_writer.hpp"

#include <string>
#include <string_view>

namespace telex::session::syslog {
namespace {

constexpr HeaderBeginning beginning_of(std::string_view name) {
    HeaderBeginning beginning;
    const auto put = [&](std::size_t byte) {
        beginning.bytes[beginning.size++] = static_cast<char>(byte);
    };
    put(wire::tag_of(wire::header_field::kName, wire::WireType::length));
    put(name.size());
    for (const char c : name) {
        put(static_cast<unsigned char>(c));
    }
    put(wire::tag_of(wire::header_field::kValue, wire::WireType::length));
    return beginning;
}

constexpr std::array<HeaderBeginning, kPartHeaders> kBeginnings = {
    beginning_of("syslog-time"),
    beginning_of("syslog-host"),
    beginning_of("syslog-app"),
    beginning_of("syslog-procid"),
    beginning_of("syslog-msgid"),
    beginning_of("syslog-data"),
};

void add_header(HeaderBlock& block, std::string_view name, std::string_view value) {
    std::string header;
    wire::append_text(header, wire::header_field::kName, name);
    wire::append_text(header, wire::header_field::kValue, value);
    std::string field;
    wire::append_bytes(field, wire::message_field::kHeaders, header);
    copy_to(block.bytes.data() + block.size, field);
    block.size = static_cast<std::uint8_t>(block.size + field.size());
    ++block.count;
    block.header_bytes = static_cast<std::uint8_t>(block.header_bytes + header.size());
}

}  // namespace

HeaderBlocks::HeaderBlocks() : blocks_(kFormats * (kNoPriority + 1U)) {
    for (std::size_t format = 0; format < kFormats; ++format) {
        for (std::uint8_t priority = 0; priority <= kNoPriority; ++priority) {
            const auto syslog_format = static_cast<SyslogFormat>(format);
            HeaderBlock& block = blocks_[index_of(syslog_format, priority)];
            add_header(block, "syslog-format", name_of(syslog_format));
            if (priority != kNoPriority) {
                add_header(block, "syslog-facility", facility_name(priority));
                add_header(block, "syslog-severity", severity_name(priority));
            }
        }
    }
}

const HeaderBlocks& HeaderBlocks::all() {
    static const HeaderBlocks blocks;
    return blocks;
}

std::span<const HeaderBeginning, kPartHeaders> part_beginnings() {
    return kBeginnings;
}

}  // namespace telex::session::syslog
