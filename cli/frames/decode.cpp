#include "cli/frames/decode.hpp"

#include "base/base64.hpp"
#include "base/printable.hpp"
#include "cli/exit_code.hpp"
#include "cli/frames/explainer.hpp"
#include "cli/frames/reader.hpp"
#include "cli/terminal/json_line.hpp"
#include "cli/terminal/print_error.hpp"
#include "cli/terminal/text.hpp"
#include "wire/plain_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace telex::cli {
namespace {

std::string content_of(const FrameDecodeOptions& options, ByteView payload) {
    if (options.type != nullptr) {
        auto json = options.type->to_json(payload);
        return json ? *std::move(json) : fmt::format("{}  ({})", to_hex(payload), json.error());
    }
    const bool text = options.content == Content::text ||
                      (options.content == Content::automatic && wire::is_plain_text(payload));
    return text ? printable(payload, {.keep = "\t"}) : to_hex(payload);
}

std::string text_line(
    const FrameDecodeOptions& options, std::uint64_t index, const FrameEvent& event
) {
    return fmt::format(
        "{:<6} {:<10} {:<8} {}\n",
        index,
        event.offset,
        event.payload.size(),
        content_of(options, event.payload)
    );
}

std::string frame_json(
    const FrameDecodeOptions& options, std::uint64_t index, const FrameEvent& event
) {
    nlohmann::ordered_json line{
        {"index", index}, {"offset", event.offset}, {"length", event.payload.size()}
    };
    if (options.type != nullptr) {
        const auto json = options.type->to_json(event.payload);
        if (json) {
            line["message"] = nlohmann::ordered_json::parse(*json);
            return json_line(line);
        }
        line["error"] = json.error();
    }
    if (options.content == Content::hex) {
        line["hex"] = to_hex(event.payload);
    } else if (wire::is_plain_text(event.payload)) {
        line["text"] = event.payload;
    } else if (options.content == Content::text) {
        line["text"] = printable(event.payload, {.keep = "\t\n"});
    } else {
        line["payload"] = to_base64(event.payload);
    }
    return json_line(line);
}

int print_frame_error(const FrameEvent& event, std::uint64_t index) {
    const std::string hint =
        event.text.empty() ? "" : fmt::format("; the data looks like {}", event.text);
    print_error(
        kFrameCommand,
        fmt::format(
            "offset {}: {} in frame {}{}", event.offset, codec::name_of(event.error), index, hint
        )
    );
    return kBadData;
}

// Writes what the options ask for.
class FramePrinter {
public:
    FramePrinter(const FrameDecodeOptions& options, Output& output)
        : options_(options), output_(output), explainer_(options.framing, options.colours) {}

    // Returns false if the output has ended.
    bool frame(const FrameEvent& event) { return output_.write(text_of(index_++, event)); }

    void skipped(const FrameEvent& event) {
        if (options_.explain) {
            output_.write(explainer_.skipped(event));
        } else {
            print_error(kFrameCommand, fmt::format("offset {}: bytes skipped", event.offset));
        }
    }

    // Returns the exit code.
    int error(const FrameEvent& event) {
        if (options_.explain) {
            output_.write(explainer_.error(index_, event));
        }
        output_.flush();
        return print_frame_error(event, index_);
    }

private:
    std::string text_of(std::uint64_t index, const FrameEvent& event) {
        if (options_.explain) {
            return explainer_.frame(index, event);
        }
        return options_.format == Format::json ? frame_json(options_, index, event)
                                               : text_line(options_, index, event);
    }

    const FrameDecodeOptions& options_;
    Output& output_;
    Explainer explainer_;
    std::uint64_t index_ = 0;
};

}  // namespace

int decode_frames(const FrameDecodeOptions& options, InputSource source, Output& output) {
    // Standard input may be a live connection: output is flushed before each wait.
    FrameReader reader(options.framing, flushed_before(std::move(source), output));
    FramePrinter printer(options, output);
    for (;;) {
        const FrameEvent event = reader.next();
        switch (event.kind) {
            case FrameEvent::Kind::frame:
                if (!printer.frame(event)) {
                    return output.exit_code(kFrameCommand);
                }
                break;
            case FrameEvent::Kind::skipped:
                printer.skipped(event);
                break;
            case FrameEvent::Kind::bad:
                return printer.error(event);
            case FrameEvent::Kind::failed:
                output.flush();
                print_error(kFrameCommand, "standard input: " + event.text);
                return kNoInput;
            case FrameEvent::Kind::interrupted:
                return kInterrupted;
            case FrameEvent::Kind::end:
                output.flush();
                return output.exit_code(kFrameCommand);
        }
    }
}

}  // namespace telex::cli
