#include "config/framing_lookup.hpp"

#include "config/keys/framing_keys.hpp"
#include "config/keys/listener_reader.hpp"
#include "config/parse/input_file.hpp"
#include "config/parse/text_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace telex::config {

namespace {

const Node* find(const Node& node, std::string_view key) {
    const auto found = std::ranges::find(node.entries, key, &Entry::key);
    return found == node.entries.end() ? nullptr : &found->value;
}

std::string first_error(Report& report) {
    const std::vector<Diagnostic> all = report.take();
    const auto error = std::ranges::find(all, Severity::error, &Diagnostic::severity);
    if (error == all.end()) {
        return "not a framing";
    }
    return error->hint.empty() ? error->message
                               : fmt::format("{}; {}", error->message, error->hint);
}

std::vector<server::ListenerOptions> listeners_of(const Node& root, Reader& reader) {
    NamedFramings framings;
    if (const Node* node = find(root, "framings")) {
        framings = read_framings(*node, "framings", reader);
    }
    const Node* listeners = find(root, "listeners");
    return listeners == nullptr ? std::vector<server::ListenerOptions>{}
                                : read_listeners(*listeners, "listeners", framings, reader);
}

[[nodiscard]] Result<codec::Framing, std::string> choose(
    std::vector<server::ListenerOptions> listeners, std::string_view name
) {
    std::vector<std::string_view> names;
    for (server::ListenerOptions& listener : listeners) {
        if (listener.name == name) {
            return std::move(listener.framing);
        }
        names.push_back(listener.name);
    }
    return unexpected(fmt::format(
        "unknown listener '{}'{}; {}",
        shown(name),
        did_you_mean(name, names),
        names.empty() ? "the file has none" : fmt::format("one of: {}", fmt::join(names, ", "))
    ));
}

}  // namespace

Result<codec::Framing, std::string> framing_of_text(std::string_view text) {
    if (!text.starts_with('{')) {
        return named_preset(text);
    }
    Report report("framing", text);
    Origins origins;
    const Environment none{.may_read_files = false};
    Reader reader(none, report, origins);
    const auto node = parse_yaml(text, report);
    auto framing = node ? read_framing(*node, "framing", reader) : std::nullopt;
    if (framing && report.errors() == 0) {
        return *std::move(framing);
    }
    return unexpected(first_error(report));
}

Result<codec::Framing, std::string> framing_of_listener(
    const std::string& path, std::string_view listener, const Environment& environment
) {
    const auto text = read_regular_file(path, kMaxFileBytes);
    if (!text) {
        return unexpected(fmt::format("{}: {}", path, text.error().text));
    }
    Report report(path, *text);
    Origins origins;
    Reader reader(environment, report, origins);
    std::vector<server::ListenerOptions> listeners;
    if (const auto root = parse_yaml(*text, report)) {
        listeners = listeners_of(*root, reader);
    }
    if (report.errors() > 0) {
        return unexpected(render(report.take()));
    }
    auto framing = choose(std::move(listeners), listener);
    return framing ? framing : unexpected(fmt::format("{}: {}", path, framing.error()));
}

}  // namespace telex::config
