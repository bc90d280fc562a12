// `telex frame decode` and `telex frame encode`: the options.
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/frames/capture.hpp"
#include "cli/frames/decode.hpp"
#include "cli/frames/encode.hpp"
#include "cli/frames/framing_source.hpp"
#include "cli/frames/reader.hpp"
#include "cli/options/common_options.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/print_error.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>

namespace telex::cli {
namespace {

struct FrameOptions {
    FramingSource framing;
    bool hex = false;
    bool text = false;
    bool whole = false;
    bool explain = false;
    Format format = Format::text;
    ProtoSource proto;
    bool decodes = false;
};

std::string framing_help() {
    std::string help;
    for (const codec::PresetInfo& preset : codec::presets()) {
        help += fmt::format("\n  {:<20}{}", preset.name, preset.doc);
    }
    return "Framings:" + help;
}

void add_framing(OptionSet& set, FrameOptions& options) {
    add_framing_source(set, options.framing, options.decodes);
    set.add(
        {"--max-frame",
         "SIZE",
         fmt::format(
             "Maximum payload (default: {}, or less if the preset requires)",
             options.decodes ? "1MiB and 4KiB" : "1MiB"
         ),
         value::size(options.framing.max_frame)}
    );
    add_proto_file(set, options.proto);
    set.add({"--type", "NAME", "Protobuf message in the payloads", value::text(options.proto.type)}
    );
}

int run_frame(const FrameOptions& options) {
    if (!options.framing.capture.empty()) {
        Output output(STDOUT_FILENO);
        return explain_capture(options.framing.capture, output);
    }
    const auto framing = framing_of(options.framing, options.decodes);
    if (!framing) {
        print_error(kFrameCommand, framing.error());
        return kUsage;
    }
    std::optional<ProtoType> type;
    if (!options.proto.file.empty() || !options.proto.type.empty()) {
        auto loaded = ProtoType::load(options.proto);
        if (!loaded) {
            print_error(kFrameCommand, loaded.error());
            return kUsage;
        }
        type = *std::move(loaded);
    }
    const ProtoType* payloads = type ? &*type : nullptr;
    Output output(STDOUT_FILENO);
    // Without a SignalWaiter: Ctrl-C ends the process.
    const InputSource source = read_from(STDIN_FILENO, nullptr);
    if (options.decodes) {
        const Content content = options.hex    ? Content::hex
                                : options.text ? Content::text
                                               : Content::automatic;
        return decode_frames(
            {*framing,
             content,
             options.format,
             payloads,
             options.explain,
             Colours::for_output(STDOUT_FILENO)},
            source,
            output
        );
    }
    return encode_frames({*framing, options.whole, options.hex, payloads}, source, output);
}

Command decode_command() {
    auto options = std::make_shared<FrameOptions>();
    options->decodes = true;
    Command command{.name = "decode", .summary = "Print each frame of standard input"};
    OptionSet& set = command.options;
    add_framing(set, *options);
    set.add({"--hex", "", "Print payloads as hexadecimal digits", value::flag(options->hex)});
    set.add(
           {"--text", "", "Print payloads as text, other bytes as \\xNN", value::flag(options->text)
           }
    )
        .excludes = {"--hex"};
    add_format(set, options->format);
    set.add({"--explain",
             "",
             "Show each part of a frame, and why it ends or is invalid",
             value::flag(options->explain)})
        .excludes = {"--hex", "--text", "--type", "--format"};
    command.footer = framing_help();
    command.run = [options] { return run_frame(*options); };
    return command;
}

Command encode_command() {
    auto options = std::make_shared<FrameOptions>();
    Command command{.name = "encode", .summary = "Write each line of standard input as a frame"};
    OptionSet& set = command.options;
    add_framing(set, *options);
    set.add({"--hex", "", "Read payloads as hexadecimal digits", value::flag(options->hex)});
    set.add({"--whole", "", "Read the whole input as one payload", value::flag(options->whole)});
    command.footer = framing_help();
    command.run = [options] { return run_frame(*options); };
    return command;
}

}  // namespace

Command frame_command() {
    Command command{.name = "frame", .summary = "Decode or encode the frames of a stream"};
    command.commands.push_back(decode_command());
    command.commands.push_back(encode_command());
    return command;
}

}  // namespace telex::cli
