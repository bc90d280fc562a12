#include "config/parse/substitution.hpp"

#include "config/parse/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace telex::config {

namespace {

using Content = Result<std::string, std::string>;

bool is_variable_name(std::string_view name) {
    const auto word = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    };
    return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
           std::all_of(name.begin(), name.end(), word);
}

[[nodiscard]] Content read_file(const std::string& path, const Environment& environment) {
    auto content = environment.file(path);
    if (!content) {
        return unexpected(fmt::format("{}: {}", shown(path), content.error().text));
    }
    if (content->ends_with('\n')) {
        content->pop_back();
    }
    if (content->empty()) {
        return unexpected(fmt::format("{}: is empty", shown(path)));
    }
    return *std::move(content);
}

[[nodiscard]] Content named_file(std::string_view path, const Environment& environment) {
    if (!path.starts_with('/') || path.find('\0') != std::string_view::npos) {
        return unexpected(fmt::format("${{file:{}}}: the path must be absolute", shown(path)));
    }
    return read_file(std::string(path), environment);
}

[[nodiscard]] Content credential(std::string_view name, const Environment& environment) {
    if (name.empty() || name.find_first_of(std::string_view("/\0", 2)) != std::string_view::npos ||
        name == "." || name == "..") {
        return unexpected(fmt::format("'{}' is not the name of a credential", shown(name)));
    }
    const auto folder = environment.variable("CREDENTIALS_DIRECTORY");
    if (!folder || folder->empty()) {
        return unexpected(fmt::format(
            "${{credential:{}}}: no credentials were passed ($CREDENTIALS_DIRECTORY is not set)",
            shown(name)
        ));
    }
    return read_file(fmt::format("{}/{}", *folder, name), environment);
}

[[nodiscard]] Content variable(std::string_view inside, const Environment& environment) {
    const std::size_t separator = inside.find(":-");
    const std::string_view name = inside.substr(0, separator);
    if (!is_variable_name(name)) {
        return unexpected(fmt::format(
            "'${{{}}}' is not a substitution; write ${{NAME}}, ${{NAME:-default}}, "
            "${{file:/path}}, ${{credential:NAME}}, or $${{ for a literal ${{",
            shown(inside)
        ));
    }
    auto value = environment.variable(name);
    if (separator != std::string_view::npos && (!value || value->empty())) {
        return std::string(inside.substr(separator + 2));
    }
    if (!value) {
        return unexpected(fmt::format(
            "environment variable {0} is not set; use ${{{0}:-default}} for a default", name
        ));
    }
    return *std::move(value);
}

[[nodiscard]] Content content_of(
    std::string_view inside, const Environment& environment, bool& secret
) {
    constexpr std::string_view kFile = "file:";
    constexpr std::string_view kCredential = "credential:";
    if (inside.starts_with(kFile)) {
        secret = true;
        return named_file(inside.substr(kFile.size()), environment);
    }
    if (inside.starts_with(kCredential)) {
        secret = true;
        return credential(inside.substr(kCredential.size()), environment);
    }
    return variable(inside, environment);
}

}  // namespace

Result<Substituted, std::string> substitute(std::string_view text, const Environment& environment) {
    Substituted result;
    while (true) {
        const std::size_t begin = text.find("${");
        result.text += text.substr(0, begin);
        if (begin == std::string_view::npos) {
            return result;
        }
        if (begin > 0 && text[begin - 1] == '$') {
            result.text += '{';  // "$${": the first '$' is already copied
            text.remove_prefix(begin + 2);
            continue;
        }
        text.remove_prefix(begin + 2);
        const std::size_t end = text.find('}');
        if (end == std::string_view::npos) {
            return unexpected(std::string("'${' without '}'; write $${ for a literal ${"));
        }
        auto content = content_of(text.substr(0, end), environment, result.secret);
        if (!content) {
            return unexpected(std::move(content.error()));
        }
        result.text += *content;
        text.remove_prefix(end + 1);
    }
}

}  // namespace telex::config
