#include "compat/conf_reader.hpp"

#include "base/utf8.hpp"
#include "compat/conf_cursor.hpp"
#include "compat/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace telex::compat {

namespace {

constexpr std::string_view kInclude = "include";

// Memory of a copy, in units of a short value.
std::size_t cost_of(const Value& value) {
    constexpr std::size_t kShort = 16;
    std::size_t count = 1 + value.text.size() / kShort;
    for (const Value& item : value.items) {
        count += cost_of(item);
    }
    for (const Member& member : value.members) {
        count += cost_of(member.value);
    }
    return count;
}

std::size_t depth_of(const Value& value) {
    std::size_t depth = 0;
    for (const Value& item : value.items) {
        depth = std::max(depth, depth_of(item));
    }
    for (const Member& member : value.members) {
        depth = std::max(depth, depth_of(member.value));
    }
    return value.kind == Value::Kind::text ? 0 : depth + 1;
}

// A hash of bcrypt begins like a variable.
bool is_variable(std::string_view text) {
    return text.size() > 1 && text.front() == '$' && !text.starts_with("$2a$") &&
           !text.starts_with("$2b$") && !text.starts_with("$2y$") &&
           !text.starts_with("$argon2id$");
}

// "dir/x.conf" for "x.conf" in "dir/main.conf".
std::string beside(const std::string& including, const std::string& path) {
    const std::size_t slash = including.rfind('/');
    return path.starts_with('/') || slash == std::string::npos
               ? path
               : including.substr(0, slash + 1) + path;
}

std::string without_quotes(std::string text) {
    const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                        text.back() == text.front();
    return quoted ? text.substr(1, text.size() - 2) : text;
}

class Parser {
public:
    Parser(ConfFile& file, const ConfSource& source) : file_(file), source_(source) {}

    [[nodiscard]] bool read(const std::string& name, std::string_view text);

    config::Diagnostic take_error() { return std::move(error_); }

private:
    bool fail(const Place& place, std::string message);

    bool read_file(std::string name, std::string_view text, config::Position at, Value& block);
    // The members up to '}' or, of a file, up to its end.
    bool read_members(ConfCursor& cursor, Value& block, bool is_file);
    bool read_member(ConfCursor& cursor, Value& block);
    bool read_key(ConfCursor& cursor, std::string& key);
    bool include(ConfCursor& cursor, Value& block);
    bool read_value(ConfCursor& cursor, Value& value);
    bool read_list(ConfCursor& cursor, Value& list);
    bool read_text(ConfCursor& cursor, Value& value);
    bool replace_variable(Value& value);
    const Value* defined(std::string_view name) const;
    // A value, whose blocks and lists are `deeper` levels deep.
    bool enter(const Place& place, std::size_t deeper = 0);

    ConfFile& file_;
    const ConfSource& source_;
    config::Diagnostic error_;
    std::vector<const Value*> scopes_;  // the blocks around, from the outermost
    std::size_t depth_ = 0;
    std::size_t values_ = 0;
    std::size_t includes_ = 0;  // one inside of the other
};

bool Parser::fail(const Place& place, std::string message) {
    error_ = {
        .file = file_.names[place.file],
        .at = place.at,
        .severity = config::Severity::error,
        .message = std::move(message),
        .hint = {},
        .source = {},
    };
    return false;
}

bool Parser::read(const std::string& name, std::string_view text) {
    file_.root.kind = Value::Kind::block;
    return read_file(name, text, {}, file_.root);
}

bool Parser::read_file(std::string name, std::string_view text, config::Position at, Value& block) {
    const std::size_t number = file_.names.size();
    file_.names.push_back(std::move(name));
    ConfCursor cursor(text, number, at);
    if (!is_utf8(text) || text.find('\0') != std::string_view::npos) {
        return fail(cursor.place(), "is not a text in UTF-8");
    }
    cursor.skip_space(true);
    const bool braces = cursor.accept('{');
    if (!read_members(cursor, block, !braces)) {
        return false;
    }
    cursor.skip_space(true);
    return cursor.at_end() || fail(cursor.place(), "text behind the end of the configuration");
}

bool Parser::enter(const Place& place, std::size_t deeper) {
    if (++values_ > kMaxConfValues) {
        return fail(place, fmt::format("more than {} values", kMaxConfValues));
    }
    return depth_ + deeper <= kMaxConfDepth ||
           fail(place, fmt::format("blocks and lists deeper than {}", kMaxConfDepth));
}

bool Parser::read_members(ConfCursor& cursor, Value& block, bool is_file) {
    scopes_.push_back(&block);
    ++depth_;
    bool good = enter(cursor.place());
    while (good) {
        cursor.skip_separator();
        if (cursor.at_end()) {
            good = is_file || fail(block.place, "block without '}'");
            break;
        }
        if (!is_file && cursor.accept('}')) {
            break;
        }
        good = read_member(cursor, block);
    }
    --depth_;
    scopes_.pop_back();
    return good;
}

bool Parser::read_key(ConfCursor& cursor, std::string& key) {
    const Place place = cursor.place();
    if (cursor.peek() == '"' || cursor.peek() == '\'') {
        if (!cursor.take_quoted(key)) {
            return fail(place, "key without its closing quote");
        }
    } else {
        key = cursor.take_key();
    }
    key = lower_case(key);
    return !key.empty() || fail(place, "expected a key");
}

bool Parser::read_member(ConfCursor& cursor, Value& block) {
    Member member;
    member.place = cursor.place();
    if (!read_key(cursor, member.key)) {
        return false;
    }
    cursor.skip_space(false);
    if (member.key == kInclude && cursor.peek() != ':' && cursor.peek() != '=') {
        return include(cursor, block);
    }
    const auto same =
        std::find_if(block.members.begin(), block.members.end(), [&](const Member& other) {
            return other.key == member.key;
        });
    if (same != block.members.end()) {
        return fail(
            member.place,
            fmt::format(
                "'{}' is already set in line {}", config::shown(member.key), same->place.at.line
            )
        );
    }
    const bool separated = cursor.accept(':') || cursor.accept('=');
    const bool same_line = cursor.place().at.line == member.place.at.line;
    cursor.skip_space(true);
    const bool moved = cursor.place().at.line != member.place.at.line && same_line;
    if (!separated && moved && cursor.peek() != '{' && cursor.peek() != '[') {
        return fail(member.place, "key without a value");
    }
    if (!read_value(cursor, member.value)) {
        return false;
    }
    block.members.push_back(std::move(member));
    return true;
}

bool Parser::include(ConfCursor& cursor, Value& block) {
    Value name;
    name.place = cursor.place();
    if (!read_text(cursor, name)) {
        return false;
    }
    if (includes_ >= kMaxIncludeDepth || file_.names.size() >= kMaxConfFiles) {
        return fail(name.place, "too many included files");
    }
    const std::string path = beside(file_.names[name.place.file], name.text);
    const auto text = source_.file(path);
    if (!text) {
        return fail(
            name.place, fmt::format("cannot include {}: {}", config::shown(path), text.error())
        );
    }
    ++includes_;
    scopes_.pop_back();  // read_members puts the block back
    const bool good = read_file(path, *text, name.place.in_first, block);
    scopes_.push_back(&block);
    --includes_;
    return good;
}

bool Parser::read_value(ConfCursor& cursor, Value& value) {
    value.place = cursor.place();
    if (cursor.accept('{')) {
        value.kind = Value::Kind::block;
        return read_members(cursor, value, false);
    }
    if (cursor.accept('[')) {
        value.kind = Value::Kind::list;
        return read_list(cursor, value);
    }
    return enter(value.place) && read_text(cursor, value);
}

bool Parser::read_list(ConfCursor& cursor, Value& list) {
    ++depth_;
    bool good = enter(list.place);
    while (good) {
        cursor.skip_separator();
        if (cursor.at_end()) {
            good = fail(list.place, "list without ']'");
        } else if (cursor.accept(']')) {
            break;
        } else {
            Value item;
            good = read_value(cursor, item);
            list.items.push_back(std::move(item));
        }
    }
    --depth_;
    return good;
}

bool Parser::read_text(ConfCursor& cursor, Value& value) {
    if (cursor.peek() == '"' || cursor.peek() == '\'') {
        return cursor.take_quoted(value.text) ||
               fail(value.place, "text without its closing quote, or with an unknown escape");
    }
    if (cursor.peek() == '(') {
        return fail(value.place, "texts in parentheses are not supported; use quotes");
    }
    value.text = cursor.take_bare();
    if (value.text.empty()) {
        return fail(value.place, "expected a value");
    }
    return !is_variable(value.text) || replace_variable(value);
}

const Value* Parser::defined(std::string_view name) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
        for (const Member& member : (*scope)->members) {
            if (member.key == name) {
                return &member.value;
            }
        }
    }
    return nullptr;
}

bool Parser::replace_variable(Value& value) {
    const std::string name = value.text.substr(1);
    if (const Value* const known = defined(lower_case(name))) {
        const Place place = value.place;
        values_ += cost_of(*known);
        if (!enter(place, depth_of(*known))) {
            return false;
        }
        value = *known;
        value.place = place;
        file_.variables.insert(lower_case(name));
        return true;
    }
    auto found = source_.variable(name);
    if (!found) {
        return fail(
            value.place,
            fmt::format("${} is neither a key above nor a variable", config::shown(name))
        );
    }
    value.text = without_quotes(*std::move(found));
    return true;
}

}  // namespace

std::string_view describe(Value::Kind kind) {
    switch (kind) {
        case Value::Kind::list:
            return "a list";
        case Value::Kind::block:
            return "a block";
        case Value::Kind::text:
            break;
    }
    return "a value";
}

Result<ConfFile, config::Diagnostic> read_conf(
    const std::string& name, std::string_view text, const ConfSource& source
) {
    ConfFile file;
    Parser parser(file, source);
    if (!parser.read(name, text)) {
        return unexpected(parser.take_error());
    }
    return file;
}

}  // namespace telex::compat
