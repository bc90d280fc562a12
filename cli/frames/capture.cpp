#include "cli/frames/capture.hpp"

#include "cli/exit_code.hpp"
#include "cli/frames/length_parts.hpp"
#include "cli/frames/reader.hpp"
#include "cli/terminal/print_error.hpp"
#include "codec/stuffing.hpp"
#include "config/framing_lookup.hpp"
#include "net/fd.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <tuple>

namespace telex::cli {
namespace {

using codec::Framing;
using codec::FramingKind;

constexpr std::size_t kMostShown = 8;
constexpr std::size_t kMostFormats = 4;
// Any text is a series of values of MessagePack or CBOR, most of them numbers of one byte.
constexpr std::uint64_t kLeastValueBytes = 2;

std::size_t checked_marks(const Framing& framing) {
    switch (framing.stuffing) {
        case codec::Stuffing::dot:
            return codec::Dot::kEnd.size();
        case codec::Stuffing::dle:
            return 2 + framing.dle.start.size() + framing.dle.end.size();
        case codec::Stuffing::cobs:
        case codec::Stuffing::slip:
        case codec::Stuffing::hdlc:
            break;
    }
    return 1;
}

// Bytes that the decoder compares with literals in each frame.
std::size_t checked_bytes(const Framing& framing) {
    switch (framing.kind) {
        case FramingKind::length:
            return framing.length.head.size() + framing.length.terminator.size() +
                   framing.length.trailer.size();
        case FramingKind::delimiter:
            return framing.delimiter.start.size() + framing.delimiter.ends.front().size();
        case FramingKind::headers:  // a blank line at least
            return framing.headers.trailer.size() + 2;
        case FramingKind::stuffed:
            return checked_marks(framing);
        case FramingKind::syslog:
        case FramingKind::value:
            return 1;
        case FramingKind::fixed:
        case FramingKind::idle:
        case FramingKind::datagram:
            break;
    }
    return 0;
}

bool is_text(ByteView bytes) {
    return std::ranges::all_of(bytes, [](char byte) {
        return (byte >= ' ' && byte <= '~') || byte == '\n' || byte == '\r' || byte == '\t';
    });
}

// Counts the frames of one recipe.
class Trial {
public:
    explicit Trial(const Framing& framing) : framing_(framing) {}

    // Returns false if the framing does not fit.
    bool take(const FrameEvent& event) {
        switch (event.kind) {
            case FrameEvent::Kind::frame:
                take_frame(event);
                return true;
            case FrameEvent::Kind::skipped:
                fit_.rest += event.lost ? event.bytes.size() : 0;
                return true;
            case FrameEvent::Kind::bad:
                fit_.rest += event.bytes.size();
                return event.error == codec::FrameError::truncated;
            case FrameEvent::Kind::end:
            case FrameEvent::Kind::interrupted:
            case FrameEvent::Kind::failed:
                break;
        }
        return true;
    }

    std::optional<Fit> result() {
        fit_.evidence = evidence();
        fit_.checked = checked_bytes(framing_);
        const std::uint64_t least = fit_.rest > 0 ? 2 : 1;
        const bool says_nothing = fit_.evidence == Evidence::none && fit_.rest > 0;
        return fit_.frames < least || says_nothing ? std::nullopt : std::optional(fit_);
    }

private:
    bool has_content(const FrameEvent& event) const {
        return framing_.kind == FramingKind::length && framing_.first.framing.empty()
                   ? read_length(framing_.length, event.bytes).body.value_or(0) > 0
                   : !event.payload.empty();
    }

    void take_frame(const FrameEvent& event) {
        ++(has_content(event) ? fit_.frames : fit_.empty);
        bytes_ += event.bytes.size();
        text_ = text_ && is_text(event.bytes);
        unterminated_ = event.at_end;
    }

    bool fits_any_text(std::uint64_t values) const {
        const bool binary = framing_.format == codec::ValueFormat::msgpack ||
                            framing_.format == codec::ValueFormat::cbor;
        return binary && (text_ || bytes_ < kLeastValueBytes * values);
    }

    Evidence evidence() const {
        const std::uint64_t all = fit_.frames + fit_.empty;
        switch (framing_.kind) {
            case FramingKind::fixed:
            case FramingKind::idle:
            case FramingKind::datagram:
                return Evidence::none;
            case FramingKind::value:
                return fits_any_text(all) ? Evidence::none : Evidence::structure;
            case FramingKind::length:
                return !framing_.first.framing.empty() && framing_.first.begins.empty() && all == 1
                           ? Evidence::none
                           : Evidence::structure;
            case FramingKind::headers:
                return Evidence::structure;
            case FramingKind::delimiter:
                if (!framing_.delimiter.start.empty()) {
                    return Evidence::structure;
                }
                break;
            case FramingKind::stuffed:
                if (framing_.stuffing == codec::Stuffing::dle) {
                    return Evidence::structure;
                }
                break;
            case FramingKind::syslog:
                break;
        }
        return unterminated_ || all == 1 ? Evidence::none : Evidence::delimiters;
    }

    const Framing& framing_;
    Fit fit_;
    std::uint64_t bytes_ = 0;  // of all frames
    bool text_ = true;
    bool unterminated_ = false;
};

auto rank_of(const Fit& fit) {
    // Larger is worse.
    constexpr auto kMost = ~std::uint64_t{0};
    return std::tuple(
        fit.evidence == Evidence::none,
        fit.rest > 0,
        fit.evidence,
        kMost - fit.checked,
        fit.empty > 0,
        kMost - fit.frames,
        fit.empty,
        fit.rest
    );
}

[[nodiscard]] Result<std::shared_ptr<net::UniqueFd>, std::string> open_capture(
    const std::string& path
) {
    auto file =
        std::make_shared<net::UniqueFd>(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!*file) {
        return unexpected(std::generic_category().message(errno));
    }
    struct stat about{};
    if (::fstat(file->get(), &about) != 0 || !S_ISREG(about.st_mode)) {
        return unexpected(std::string("not a regular file"));
    }
    return file;
}

InputSource source_of_file(std::shared_ptr<net::UniqueFd> file) {
    return [file = std::move(file), offset = off_t{0}](char* to, std::size_t size) mutable {
        const ssize_t count = ::pread(file->get(), to, size, offset);
        if (count < 0) {
            return InputChunk{
                .end = InputEnd::failed, .error = std::generic_category().message(errno)
            };
        }
        offset += count;
        return InputChunk{
            .size = static_cast<std::size_t>(count),
            .end = count == 0 ? InputEnd::end : InputEnd::none,
            .error = {}
        };
    };
}

std::string formats_text(const Recipe& recipe) {
    const std::size_t shown = std::min(recipe.formats.size(), kMostFormats);
    const std::size_t more = recipe.formats.size() - shown;
    return fmt::format(
        "{}{}",
        fmt::join(
            recipe.formats.begin(),
            recipe.formats.begin() + static_cast<std::ptrdiff_t>(shown),
            "; "
        ),
        more > 0 ? fmt::format("; {} more", more) : ""
    );
}

std::string counted(std::uint64_t number, std::string_view noun) {
    return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

std::string fit_text(const Fit& fit) {
    std::string notes = counted(fit.frames, "frame");
    if (fit.empty > 0) {
        notes += fmt::format(", {} without content", fit.empty);
    }
    if (fit.rest > 0) {
        notes += fmt::format(", {} of an incomplete or damaged one", counted(fit.rest, "byte"));
    }
    if (fit.evidence == Evidence::none) {
        notes += ", but nearly any bytes fit";
    }
    return fmt::format(
        "{}: {}\n    framing: {}\n", notes, formats_text(*fit.recipe), fit.recipe->framing
    );
}

}  // namespace

Result<std::optional<Fit>, std::string> fit_recipe(
    const Recipe& recipe, const InputSource& source
) {
    const auto framing = config::framing_of_text(recipe.framing);
    if (!framing) {
        return unexpected(fmt::format("{}: {}", recipe.framing, framing.error()));
    }
    FrameReader reader(*framing, source);
    Trial trial(*framing);
    for (;;) {
        const FrameEvent event = reader.next();
        if (event.kind == FrameEvent::Kind::failed) {
            return unexpected(event.text);
        }
        if (!trial.take(event)) {
            return std::optional<Fit>();
        }
        if (event.kind == FrameEvent::Kind::end || event.kind == FrameEvent::Kind::bad) {
            break;
        }
    }
    std::optional<Fit> fit = trial.result();
    if (fit) {
        fit->recipe = &recipe;
    }
    return fit;
}

Result<std::vector<Fit>, std::string> fit_recipes(
    std::span<const Recipe> recipes, const Capture& capture
) {
    std::vector<Fit> fits;
    for (const Recipe& recipe : recipes) {
        const auto fit = fit_recipe(recipe, capture());
        if (!fit) {
            return unexpected(fit.error());
        }
        if (*fit) {
            fits.push_back(**fit);
        }
    }
    std::ranges::stable_sort(fits, {}, rank_of);
    return fits;
}

int explain_capture(const std::string& path, Output& output) {
    const auto file = open_capture(path);
    if (!file) {
        print_error(kFrameCommand, fmt::format("{}: {}", path, file.error()));
        return kNoInput;
    }
    const std::vector<Recipe> recipes = all_recipes();
    const auto fits = fit_recipes(recipes, [&file] { return source_of_file(*file); });
    if (!fits) {
        print_error(kFrameCommand, fmt::format("{}: {}", path, fits.error()));
        return kNoInput;
    }
    if (fits->empty()) {
        print_error(kFrameCommand, fmt::format("{}: no framing of the cookbook fits", path));
        return kBadData;
    }
    for (const Fit& fit : std::span(*fits).first(std::min(fits->size(), kMostShown))) {
        output.write(fit_text(fit));
    }
    output.flush();
    return output.exit_code(kFrameCommand);
}

}  // namespace telex::cli
