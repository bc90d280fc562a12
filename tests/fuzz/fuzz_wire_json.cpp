// JSON lines: any line is parsed or rejected with one printable line; a parsed frame survives
// formatting and parsing. The input is also used as an encoded Frame, to test formatting alone.
#include "base/printable.hpp"
#include "wire/errors.hpp"
#include "wire/json.hpp"
#include "wire/quiet_protobuf.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

namespace v1 = telex::v1;
namespace wire = telex::wire;

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

// Frame -> JSON -> Frame, without unknown fields.
void round_trip(v1::Frame frame) {
    frame.DiscardUnknownFields();
    std::string line;
    require(wire::append_json(line, frame));
    require(line.find('\n') == std::string::npos);
    v1::Frame again;
    require(wire::json_to_frame(line, again).has_value());
    require(again.SerializeAsString() == frame.SerializeAsString());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    wire::quiet_protobuf();
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    v1::Frame frame;
    if (const auto read = wire::json_to_frame(input, frame)) {
        round_trip(frame);
    } else {
        require(!read.error().empty());
        require(
            read.error() == telex::printable(read.error(), {.max_bytes = 2 * wire::kMaxErrorText})
        );
    }
    v1::Frame parsed;
    if (parsed.ParseFromArray(data, static_cast<int>(size))) {
        round_trip(parsed);
    }
    return 0;
}
