#pragma once
// The bytes of headers that are the same in many messages, encoded once. Their memory is larger
// than they are, so that a copy has a fixed size: it takes no call.
#include "protocols/syslog/priority.hpp"
#include "protocols/syslog/syslog_message.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace telex::session::syslog {

// Whole headers, as they stand in an encoded message: syslog-format, syslog-facility and
// syslog-severity.
struct HeaderBlock {
    static constexpr std::size_t kCapacity = 88;

    std::array<char, kCapacity> bytes{};
    std::uint8_t size = 0;
    std::uint8_t count = 0;
    std::uint8_t header_bytes = 0;  // as wire::MessageView::header_bytes
};

// Of each format and priority.
class HeaderBlocks {
public:
    HeaderBlocks();

    // Owned by the process. A look-up of the reference takes a lock-free check each time.
    static const HeaderBlocks& all();

    // Requires a valid priority, or none.
    const HeaderBlock& of(SyslogFormat format, std::optional<std::uint8_t> priority) const {
        return blocks_[index_of(format, priority.value_or(kNoPriority))];
    }

private:
    static constexpr std::uint8_t kNoPriority = kMaxPriority + 1;
    static constexpr std::size_t kFormats = 4;

    static std::size_t index_of(SyslogFormat format, std::uint8_t priority) {
        return static_cast<std::size_t>(format) * (kNoPriority + 1U) + priority;
    }

    std::vector<HeaderBlock> blocks_;
};

// The beginning of a header of a part, up to the length of the value.
struct HeaderBeginning {
    static constexpr std::size_t kCapacity = 16;

    std::array<char, kCapacity> bytes{};
    std::size_t size = 0;
};

inline constexpr std::size_t kPartHeaders = 6;

// In the order of time, host, app, procid, msgid, data.
std::span<const HeaderBeginning, kPartHeaders> part_beginnings();

// More than all headers of a message take beside the values of its parts, with the heads of subject
// and payload, and the unused bytes of the last copy.
inline constexpr std::size_t kMaxHeaderBlocks = 512;

}  // namespace telex::session::syslog
