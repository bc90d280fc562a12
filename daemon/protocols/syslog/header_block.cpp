#include "protocols/syslog/header_block.hpp"

#include "protocols/syslog/priority.hpp"
#include "wire/field_numbers.hpp"
#include "wire/field_writer.hpp"

#include <array>

namespace telex::session::syslog {
namespace {

constexpr std::size_t kFormats = 4;
constexpr std::array<std::string_view, kPartHeaders> kPartNames = {
    "syslog-time",
    "syslog-host",
    "syslog-app",
    "syslog-procid",
    "syslog-msgid",
    "syslog-data",
};

void add_header(HeaderBlock& block, std::string_view name, std::string_view value) {
    std::string header;
    wire::append_text(header, wire::header_field::kName, name);
    wire::append_text(header, wire::header_field::kValue, value);
    wire::append_bytes(block.bytes, wire::message_field::kHeaders, header);
    ++block.count;
    block.header_bytes += header.size();
}

std::array<HeaderBlock, kFormats> make_formats() {
    std::array<HeaderBlock, kFormats> blocks;
    for (std::size_t i = 0; i < kFormats; ++i) {
        add_header(blocks[i], "syslog-format", name_of(static_cast<SyslogFormat>(i)));
    }
    return blocks;
}

std::array<HeaderBlock, kMaxPriority + 1> make_priorities() {
    std::array<HeaderBlock, kMaxPriority + 1> blocks;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const auto priority = static_cast<std::uint8_t>(i);
        add_header(blocks[i], "syslog-facility", facility_name(priority));
        add_header(blocks[i], "syslog-severity", severity_name(priority));
    }
    return blocks;
}

std::array<std::string, kPartHeaders> make_beginnings() {
    std::array<std::string, kPartHeaders> beginnings;
    for (std::size_t i = 0; i < beginnings.size(); ++i) {
        wire::append_text(beginnings[i], wire::header_field::kName, kPartNames[i]);
        wire::append_varint(
            beginnings[i], wire::tag_of(wire::header_field::kValue, wire::WireType::length)
        );
    }
    return beginnings;
}

}  // namespace

const HeaderBlock& format_block(SyslogFormat format) {
    static const auto blocks = make_formats();
    return blocks[static_cast<std::size_t>(format)];
}

const HeaderBlock& priority_block(std::uint8_t priority) {
    static const auto blocks = make_priorities();
    return blocks[priority];
}

std::span<const std::string, kPartHeaders> part_beginnings() {
    static const auto beginnings = make_beginnings();
    return beginnings;
}

}  // namespace telex::session::syslog
