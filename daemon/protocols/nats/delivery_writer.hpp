#pragma once
// The line of a delivery, MSG or HMSG, with the header block behind it:
//
//   MSG subject sid [reply] bytes CR LF
//   HMSG subject sid [reply] header-bytes all-bytes CR LF header block
//
// The payload and the CR LF behind it follow. Owner: the caller, on its stack.
#include "base/bytes.hpp"
#include "base/scratch_text.hpp"
#include "protocols/nats/sid_names.hpp"
#include "wire/frame_view.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telex::session::nats {

class DeliveryWriter {
public:
    explicit DeliveryWriter(const SidNames& names) : names_(names) {}

    // Valid until the next call.
    ByteView write(
        std::string_view subject,
        std::uint64_t subscription,
        std::string_view reply,
        std::size_t payload
    );
    ByteView write_with_block(
        std::string_view subject,
        std::uint64_t subscription,
        std::string_view reply,
        ByteView block,
        std::size_t payload
    );

private:
    static constexpr std::size_t kShort = 512;

    // Returns space for this many bytes.
    char* room(std::size_t bytes);
    char* write_line(
        char* out,
        std::string_view verb,
        std::string_view subject,
        std::uint64_t subscription,
        std::string_view reply
    ) const;

    const SidNames& names_;
    std::array<char, kShort> short_;
    std::optional<ScratchText> long_;
};

}  // namespace telex::session::nats
