#include "cli/messages/json_layout.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>

namespace telex::cli {
namespace {

// Deeper levels are not indented further: the size of the output stays in proportion to the input.
constexpr std::size_t kMaxIndent = 32;
constexpr std::string_view kJsonBlanks = " \t\r\n";

// Writes valid JSON, byte by byte.
class Layout {
public:
    std::string of(std::string_view text) {
        for (std::size_t at = 0; at < text.size(); ++at) {
            if (in_string_) {
                add_to_string(text[at]);
            } else if (kJsonBlanks.find(text[at]) == std::string_view::npos) {
                add_token(text[at], next_token(text, at + 1));
            }
        }
        return std::move(out_);
    }

private:
    static char next_token(std::string_view text, std::size_t from) {
        const std::size_t at = text.find_first_not_of(kJsonBlanks, from);
        return at == std::string_view::npos ? '\0' : text[at];
    }

    void add_to_string(char letter) {
        out_ += letter;
        in_string_ = escaped_ || letter != '"';
        escaped_ = !escaped_ && letter == '\\';
    }

    void add_token(char token, char next) {
        const bool closes = token == '}' || token == ']';
        if (closes && !is_empty_) {
            --depth_;
            break_line();
        }
        out_ += token;
        in_string_ = token == '"';
        if (token == '{' || token == '[') {
            is_empty_ = next == '}' || next == ']';
            depth_ += is_empty_ ? 0 : 1;
            if (!is_empty_) {
                break_line();
            }
            return;
        }
        is_empty_ = false;
        if (token == ',') {
            break_line();
        } else if (token == ':') {
            out_ += ' ';
        }
    }

    void break_line() {
        out_ += '\n';
        out_.append(2 * std::min(depth_, kMaxIndent), ' ');
    }

    std::string out_;
    std::size_t depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
    bool is_empty_ = false;  // the last token opened an object or array without content
};

}  // namespace

std::optional<std::string> indented_json(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kJsonBlanks);
    const bool is_composed =
        first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
    if (!is_composed || !nlohmann::json::accept(text)) {
        return std::nullopt;
    }
    return Layout().of(text);
}

}  // namespace telex::cli
