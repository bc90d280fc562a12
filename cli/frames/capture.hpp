#pragma once
// `telex frame decode --from-capture`: finds the recipes that fit the bytes of one direction of a
// connection.
//
// A recipe fits if the capture is frames of it up to the end, the last of which may be incomplete.
// Best first: recipes that few streams fit; no rest; literals that were checked in each frame; no
// frames without content; many frames with content. Each recipe reads the capture once, in pieces.
#include "base/result.hpp"
#include "cli/frames/recipes.hpp"
#include "cli/terminal/input.hpp"
#include "cli/terminal/output.hpp"
#include "codec/framing.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace telex::cli {

// How much a fit says: lengths, values and literals lead from frame to frame; any bytes that end
// with a delimiter are frames of it; nearly all bytes are, of fixed sizes and without a delimiter.
enum class Evidence : std::uint8_t { structure, delimiters, none };

struct Fit {
    const Recipe* recipe = nullptr;
    Evidence evidence = Evidence::structure;
    std::size_t checked = 0;   // bytes of literals in each frame
    std::uint64_t frames = 0;  // with content
    std::uint64_t empty = 0;   // without
    std::uint64_t rest = 0;    // bytes of the last frame, which is incomplete, or of damaged ones
};

// Returns a new source of the whole capture.
using Capture = std::function<InputSource()>;

// Returns nothing if the framing does not fit. The error is that of the source.
[[nodiscard]] Result<std::optional<Fit>, std::string> fit_recipe(
    const Recipe& recipe, const InputSource& source
);

// Best first.
[[nodiscard]] Result<std::vector<Fit>, std::string> fit_recipes(
    std::span<const Recipe> recipes, const Capture& capture
);

// Writes the best recipes for the file. Returns the exit code: kBadData if none fits.
int explain_capture(const std::string& path, Output& output);

}  // namespace telex::cli
