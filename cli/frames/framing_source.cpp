#include "cli/frames/framing_source.hpp"

#include "cli/options/values.hpp"
#include "config/framing_lookup.hpp"
#include "wire/writer.hpp"

#include <algorithm>
#include <cstdint>

namespace telex::cli {
namespace {

[[nodiscard]] Result<codec::Framing, std::string> chosen_framing(const FramingSource& source) {
    if (source.config.empty()) {
        return config::framing_of_text(source.text);
    }
    return config::framing_of_listener(
        source.config, source.listener, config::Environment::of_process()
    );
}

}  // namespace

void add_framing_source(OptionSet& set, FramingSource& source, bool decodes) {
    set.begin_exactly_one("Framing");
    set.add(
        {"--framing",
         "FRAMING",
         "A preset, see below, or a mapping as in a configuration file: '{kind: length, ...}'",
         value::text(source.text)}
    );
    set.add({"--config",
             "FILE",
             "Configuration file of telexd with the listener of --listener",
             value::text(source.config)})
        .needs = {"--listener"};
    if (decodes) {
        set.add({"--from-capture",
                 "FILE",
                 "List the framings of the cookbook that fit this file, the bytes of one direction",
                 value::text(source.capture)})
            .excludes = {"--max-frame", "--hex", "--text", "--type", "--format", "--explain"};
    }
    set.end_section();
    set.add({"--listener", "NAME", "Listener whose framing is used", value::text(source.listener)})
        .needs = {"--config"};
}

Result<codec::Framing, std::string> framing_of(const FramingSource& source, bool decodes) {
    auto framing = chosen_framing(source);
    if (!framing) {
        return framing;
    }
    if (framing->kind == codec::FramingKind::datagram) {
        return unexpected(std::string("'datagram' cannot be used on a stream"));
    }
    if (source.max_frame) {
        framing->max_frame_bytes = *source.max_frame;
    } else if (decodes && codec::parse_preset(source.text)) {
        // A captured delivery is longer than the published message.
        framing->max_frame_bytes = std::min<std::uint64_t>(
            framing->max_frame_bytes + wire::kHeadAllowance, codec::largest_payload(*framing)
        );
    }
    if (auto error = codec::validate(*framing)) {
        return unexpected(*std::move(error));
    }
    return framing;
}

}  // namespace telex::cli
