#include "cli/frames/encode.hpp"

#include "cli/exit_code.hpp"
#include "cli/frames/reader.hpp"
#include "cli/terminal/print_error.hpp"
#include "cli/terminal/text.hpp"
#include "codec/encoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace telex::cli {
namespace {

// A line of digits or JSON is longer than its payload.
constexpr std::size_t kNotationFactor = 4;

std::size_t input_limit(const FrameEncodeOptions& options) {
    const std::size_t payload = std::max<std::size_t>(options.framing.encode_limit(), 1U << 16U);
    return std::min(payload * kNotationFactor, codec::kMaxFrameBytesCeiling);
}

[[nodiscard]] Result<std::string, std::string> payload_of(
    const FrameEncodeOptions& options, ByteView input
) {
    if (options.type != nullptr) {
        return options.type->from_json(input);
    }
    if (options.hex) {
        return parse_hex(input);
    }
    return std::string(input);
}

class FrameWriter {
public:
    FrameWriter(const FrameEncodeOptions& options, Output& output)
        : options_(options), encoder_(codec::make_encoder(options.framing)), output_(output) {}

    // Returns kOk, or the exit code if encoding must stop.
    int write(ByteView input) {
        ++count_;
        const auto payload = payload_of(options_, input);
        if (!payload) {
            return reject(payload.error());
        }
        std::string frame;
        const auto encoded = encoder_->encode(*payload, frame);
        if (!encoded) {
            return reject(std::string(codec::name_of(encoded.error())));
        }
        output_.write(frame);
        return kOk;
    }

private:
    int reject(const std::string& reason) {
        output_.flush();
        print_error(
            kFrameCommand, options_.whole ? reason : fmt::format("line {}: {}", count_, reason)
        );
        return kBadData;
    }

    const FrameEncodeOptions& options_;
    std::unique_ptr<codec::Encoder> encoder_;
    Output& output_;
    std::uint64_t count_ = 0;
};

int encode_whole(const FrameEncodeOptions& options, const InputSource& source, Output& output) {
    const auto input = read_all(source, input_limit(options));
    if (!input) {
        print_error(kFrameCommand, "standard input: " + input.error().text);
        return input.error().exit_code;
    }
    if (const int code = FrameWriter(options, output).write(*input); code != kOk) {
        return code;
    }
    output.flush();
    return output.exit_code(kFrameCommand);
}

}  // namespace

int encode_frames(const FrameEncodeOptions& options, InputSource source, Output& output) {
    if (options.whole) {
        return encode_whole(options, source, output);
    }
    FrameReader lines(
        line_framing(input_limit(options)), flushed_before(std::move(source), output)
    );
    FrameWriter writer(options, output);
    for (;;) {
        const FrameEvent event = lines.next();
        switch (event.kind) {
            case FrameEvent::Kind::frame:
                if (const int code = writer.write(event.payload); code != kOk) {
                    return code;
                }
                if (output.ended()) {
                    return output.exit_code(kFrameCommand);
                }
                break;
            case FrameEvent::Kind::bad:
                output.flush();
                print_error(
                    kFrameCommand, fmt::format("offset {}: the line is too long", event.offset)
                );
                return kBadData;
            case FrameEvent::Kind::failed:
                print_error(kFrameCommand, "standard input: " + event.text);
                return kNoInput;
            case FrameEvent::Kind::interrupted:
                return kInterrupted;
            case FrameEvent::Kind::skipped:
            case FrameEvent::Kind::end:
                output.flush();
                return output.exit_code(kFrameCommand);
        }
    }
}

}  // namespace telex::cli
