#pragma once
// Writes values: each payload is exactly one. JSON values are followed by a line feed, which ends
// numbers; readers skip it.
#include "codec/encoder.hpp"
#include "codec/json_scan.hpp"
#include "codec/value_scan.hpp"

#include <string>
#include <utility>

namespace telex::codec {

// Scan is JsonScan or ValueScan.
template <class Scan>
class ValueEncoder final : public Encoder {
public:
    ValueEncoder(const Framing& framing, Scan scan, std::string separator)
        : scan_(std::move(scan)),
          separator_(std::move(separator)),
          limit_(framing.encode_limit()) {}

    [[nodiscard]] Result<void, FrameError> encode(ByteView payload, std::string& out)
        const override {
        if (payload.size() > limit_) {
            return unexpected(FrameError::too_large);
        }
        if (Scan::filler(payload) > 0) {
            return unexpected(FrameError::delimiter_in_payload);
        }
        Scan scan = scan_;
        std::uint64_t examined = 0;
        const auto complete = scan.scan(payload, examined);
        if (!complete) {
            return unexpected(complete.error());
        }
        if (!*complete && !scan.ends_with_stream()) {
            return unexpected(FrameError::bad_value);
        }
        if (scan.position() < payload.size()) {
            return unexpected(FrameError::delimiter_in_payload);
        }
        out.append(payload).append(separator_);
        return {};
    }

    [[nodiscard]] Result<bool, FrameError> wrap(std::size_t, Wrapping&) const override {
        return false;
    }

private:
    Scan scan_;  // of no value yet
    std::string separator_;
    std::size_t limit_;
};

}  // namespace telex::codec
