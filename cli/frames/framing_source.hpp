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
    std::optional<std::size_t> max_frame;  // replaces the framing's limit
};

// --framing, or --config with --listener
void add_framing_source(OptionSet& set, FramingSource& source);

// `decodes`: the limit of a preset has room for the head of a delivery.
[[nodiscard]] Result<codec::Framing, std::string> framing_of(
    const FramingSource& source, bool decodes
);

}  // namespace telex::cli
