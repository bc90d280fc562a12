#include "wire/json.hpp"

#include "base/printable.hpp"
#include "wire/errors.hpp"
#include "wire/json_fields.hpp"
#include "wire/json_message_writer.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace telex::wire {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxQuotedBytes = 80;

// Counts levels and values before anything is built; the parser checks that brackets match.
class Extent {
public:
    explicit Extent(std::string_view line) {
        for (std::size_t at = 0; at < line.size(); ++at) {
            at = line[at] == '"' ? end_of_string(line, at) : at;
            if (at < line.size()) {
                count(line[at]);
            }
        }
    }

    std::size_t levels() const { return levels_; }

    std::size_t values() const { return values_; }

private:
    static std::size_t end_of_string(std::string_view line, std::size_t at) {
        for (++at; at < line.size() && line[at] != '"'; ++at) {
            if (line[at] == '\\') {
                ++at;  // an escaped quote does not end the string
            }
        }
        return at;
    }

    void count(char byte) {
        if (byte == '{' || byte == '[') {
            levels_ = std::max(levels_, ++depth_);
            ++values_;
        } else if (byte == '}' || byte == ']') {
            depth_ -= std::min<std::size_t>(depth_, 1);
        } else if (byte == ',') {
            ++values_;
        }
    }

    std::size_t depth_ = 0;
    std::size_t levels_ = 0;
    std::size_t values_ = 0;
};

// Finds the first key that occurs twice in an object: JSON readers differ in which one counts, so
// such a line could mean different things to two programs.
class DuplicateKeys {
public:
    bool operator()(int /*depth*/, json::parse_event_t event, json& parsed) {
        if (event == json::parse_event_t::object_start) {
            open_.emplace_back();
        } else if (event == json::parse_event_t::object_end) {
            open_.pop_back();
        } else if (event == json::parse_event_t::key) {
            auto key = parsed.get<std::string>();
            if (!found_ && open_.back().contains(key)) {
                found_ = key;
            }
            open_.back().insert(std::move(key));
        }
        return true;
    }

    const std::optional<std::string>& found() const { return found_; }

private:
    std::vector<std::set<std::string>> open_;
    std::optional<std::string> found_;
};

// The parser's message without its prefix "[json.exception...] parse error at line 1, column 5: ".
std::string syntax_error(const json::parse_error& error) {
    std::string_view words = error.what();
    constexpr std::string_view kBeforeWords = ": ";
    if (const auto at = words.find(kBeforeWords); at != std::string_view::npos) {
        words.remove_prefix(at + kBeforeWords.size());
    }
    return fmt::format(
        "not JSON at byte {}: {}", error.byte, printable(words, {.max_bytes = kMaxQuotedBytes})
    );
}

[[nodiscard]] Result<json, std::string> parse_strictly(std::string_view line) {
    // The parser would skip it, other readers do not.
    if (line.starts_with("\xEF\xBB\xBF")) {
        return unexpected(std::string("begins with a byte order mark; send UTF-8 without one"));
    }
    const Extent extent(line);
    if (extent.levels() > kMaxJsonDepth) {
        return unexpected(fmt::format("nested more than {} levels deep", kMaxJsonDepth));
    }
    if (extent.values() > kMaxJsonValues) {
        return unexpected(fmt::format("more than {} values", kMaxJsonValues));
    }
    DuplicateKeys keys;
    json tree = json::parse(line, std::ref(keys));
    if (keys.found()) {
        return unexpected(fmt::format(
            "key \"{}\" occurs twice", printable(*keys.found(), {.max_bytes = kMaxQuotedBytes})
        ));
    }
    if (!tree.is_object()) {
        return unexpected(std::string("not a JSON object; a frame looks like {\"ping\":{}}"));
    }
    return tree;
}

// Removes `message.text`, which protobuf's mapping does not have, from the tree.
[[nodiscard]] Result<std::optional<std::string>, std::string> take_text(json& tree) {
    const auto message = tree.find("message");
    if (message == tree.end() || !message->is_object()) {
        return std::optional<std::string>();
    }
    const auto found = message->find("text");
    if (found == message->end()) {
        return std::optional<std::string>();
    }
    json text = std::move(*found);
    message->erase(found);
    if (text.is_null()) {
        return std::optional<std::string>();  // as protobuf's mapping treats every field
    }
    if (!text.is_string()) {
        return unexpected(std::string("message.text is not a string"));
    }
    if (const auto payload = message->find("payload");
        payload != message->end() && !payload->is_null()) {
        return unexpected(std::string("message has both text and payload"));
    }
    return std::optional<std::string>(std::move(text.get_ref<std::string&>()));
}

[[nodiscard]] Result<void, std::string> read_frame(std::string_view line, v1::Frame& out) {
    auto tree = parse_strictly(line);
    if (!tree) {
        return unexpected(std::move(tree.error()));
    }
    auto text = take_text(*tree);
    if (!text) {
        return unexpected(std::move(text.error()));
    }
    out.Clear();
    if (auto prepared = prepare_fields(*tree, *v1::Frame::descriptor()); !prepared) {
        return prepared;
    }
    const auto status = google::protobuf::util::JsonStringToMessage(tree->dump(), &out);
    if (!status.ok()) {
        return unexpected(printable(
            {status.message().data(), status.message().size()}, {.max_bytes = kMaxErrorText}
        ));
    }
    if (*text) {
        out.mutable_message()->set_payload(std::move(**text));
    }
    return {};
}

bool append_by_library(std::string& out, const v1::Frame& frame) {
    std::string line;
    if (!google::protobuf::util::MessageToJsonString(frame, &line).ok()) {
        return false;
    }
    out += line;
    return true;
}

}  // namespace

Result<void, std::string> json_to_frame(std::string_view line, v1::Frame& out) {
    try {
        return read_frame(line, out);
    } catch (const json::parse_error& error) {
        return unexpected(syntax_error(error));
    } catch (const std::exception& error) {
        return unexpected(printable(error.what(), {.max_bytes = kMaxErrorText}));
    }
}

bool append_json(std::string& out, const v1::Frame& frame) {
    if (!frame.has_message() || frame.control_case() != v1::Frame::CONTROL_NOT_SET) {
        return append_by_library(out, frame);
    }
    std::string body;
    frame.message().AppendToString(&body);
    FrameView view;
    view.subscription = frame.subscription();
    view.request = frame.request();
    view.timeout_ms = frame.timeout_ms();
    view.reply_to = frame.reply_to();
    view.has_position = frame.has_position();
    view.position = {
        .sequence = frame.position().sequence(),
        .unix_nanoseconds = frame.position().unix_nanoseconds(),
        .attempt = frame.position().attempt(),
        .redelivered = frame.position().redelivered()
    };
    view.message.body = body;
    return append_message_json(out, view);
}

}  // namespace telex::wire
