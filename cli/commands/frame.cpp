// `telex frame decode|encode`: the options.
#include "cli/commands/verb.hpp"
#include "cli/exit_code.hpp"
#include "cli/frames/decode.hpp"
#include "cli/frames/encode.hpp"
#include "cli/frames/reader.hpp"
#include "cli/options/option_types.hpp"
#include "cli/terminal/complain.hpp"
#include "wire/writer.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace telex::cli {
namespace {

struct FrameOptions {
    std::string framing;
    std::optional<std::size_t> max_frame;
    bool hex = false;
    bool text = false;
    bool whole = false;
    Format format = Format::text;
    ProtoSource proto;
    CLI::App* decode = nullptr;
};

std::string framing_help() {
    std::string help;
    for (const codec::PresetInfo& preset : codec::presets()) {
        help += fmt::format("\n  {:<20}{}", preset.name, preset.doc);
    }
    return "Framings:" + help;
}

void add_common(CLI::App& app, FrameOptions& options) {
    app.add_option("--framing", options.framing, "How frames are told apart, see below")
        ->required()
        ->type_name("PRESET");
    add_size(
        app,
        "--max-frame",
        options.max_frame,
        "Largest payload (1MiB, to decode 4KiB more, unless the preset says less)"
    );
    add_proto_file(app, options.proto);
    app.add_option("--type", options.proto.type, "Protobuf message in the payloads")
        ->type_name("NAME");
    app.footer(framing_help());
}

void add_decode(CLI::App& app, FrameOptions& options) {
    add_common(app, options);
    auto* hex = app.add_flag("--hex", options.hex, "Show payloads as hexadecimal digits");
    app.add_flag("--text", options.text, "Show payloads as text, other bytes as \\xNN")
        ->excludes(hex);
    add_format(app, options.format);
}

void add_encode(CLI::App& app, FrameOptions& options) {
    add_common(app, options);
    app.add_flag("--hex", options.hex, "The input is hexadecimal digits");
    app.add_flag("--whole", options.whole, "All of the input is one payload, not each line");
}

[[nodiscard]] Result<codec::Framing, std::string> framing_of(const FrameOptions& options) {
    auto framing = codec::parse_preset(options.framing);
    if (!framing) {
        return framing;
    }
    if (framing->kind == codec::FramingKind::datagram) {
        return unexpected(std::string("'datagram' needs packets, and a stream has none"));
    }
    if (options.max_frame) {
        framing->max_frame_bytes = *options.max_frame;
    } else if (options.decode->parsed()) {
        // Deliveries that were captured are longer than what was published.
        framing->max_frame_bytes = std::min<std::uint64_t>(
            framing->max_frame_bytes + wire::kHeadAllowance, codec::largest_payload(*framing)
        );
    }
    if (auto problem = codec::validate(*framing)) {
        return unexpected(*std::move(problem));
    }
    return framing;
}

int run_frame(const FrameOptions& options) {
    const auto framing = framing_of(options);
    if (!framing) {
        complain(kFrameVerb, framing.error());
        return kUsage;
    }
    std::optional<ProtoType> type;
    if (!options.proto.file.empty() || !options.proto.type.empty()) {
        auto loaded = ProtoType::load(options.proto);
        if (!loaded) {
            complain(kFrameVerb, loaded.error());
            return kUsage;
        }
        type = *std::move(loaded);
    }
    const ProtoType* payloads = type ? &*type : nullptr;
    Output output(STDOUT_FILENO);
    // Standard input is read without a Stop: Ctrl-C has its usual effect here.
    const InputSource source = read_from(STDIN_FILENO, nullptr);
    if (options.decode->parsed()) {
        const Content content = options.hex    ? Content::hex
                                : options.text ? Content::text
                                               : Content::automatic;
        return decode_frames({*framing, content, options.format, payloads}, source, output);
    }
    return encode_frames({*framing, options.whole, options.hex, payloads}, source, output);
}

}  // namespace

Action add_frame(CLI::App& app) {
    auto options = std::make_shared<FrameOptions>();
    app.require_subcommand(1);
    options->decode = app.add_subcommand("decode", "Show each frame of standard input");
    add_decode(*options->decode, *options);
    add_encode(
        *app.add_subcommand("encode", "Make a frame of each line of standard input"), *options
    );
    return [options] { return run_frame(*options); };
}

}  // namespace telex::cli
