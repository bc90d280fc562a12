#pragma once
// Where `telex frame` takes its framing from: a preset or a mapping on the command line, or a
// listener of a configuration file.
#include "base/result.hpp"
#include "cli/options/option_set.hpp"
#include "codec/framing.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace telex::cli {

struct FramingSource {
    std::string text;  // as in a file: "u16be", "{kind: length, ...}"
    std::string config;
    std::string listener;
    std::string capture;                   // a file for which a framing is searched
    std::optional<std::size_t> max_frame;  // replaces the framing's limit
};

// --framing, --config with --listener, or to decode --from-capture
void add_framing_source(OptionSet& set, FramingSource& source, bool decodes);

// `decodes`: the limit of a preset has room for the head of a delivery.
[[nodiscard]] Result<codec::Framing, std::string> framing_of(
    const FramingSource& source, bool decodes
);

}  // namespace telex::cli
