// `telex completion SHELL`: the script that completes this tool's command line, made from its own
// table of commands, so that it can never know less than the tool, or more.
#include "cli/commands/verb.hpp"
#include "cli/connection/operator.hpp"
#include "cli/options/command_table.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace telex::cli {
namespace {

// Within single quotes of a shell.
std::string in_quotes(const std::string& text) {
    std::string result = "'";
    for (const char letter : text) {
        result += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    }
    return result + "'";
}

std::string joined_names(const Command& command) {
    std::string names;
    for (const Choice& option : command.options) {
        names += fmt::format("{}{}", names.empty() ? "" : " ", fmt::join(option.names, " "));
    }
    return names;
}

// --- bash ------------------------------------------------------------------------------------

// What may follow an option that takes a value.
std::string bash_values(const Command& command) {
    std::string cases;
    for (const Choice& option : command.options) {
        if (!option.takes_value) {
            continue;
        }
        const std::string reply =
            !option.values.empty()
                ? fmt::format(
                      "COMPREPLY=($(compgen -W '{}' -- \"$cur\"))", fmt::join(option.values, " ")
                  )
            : option.takes_file
                ? std::string(
                      "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")"
                  )
                : std::string(":");
        cases +=
            fmt::format("                {}) {}; return ;;\n", fmt::join(option.names, "|"), reply);
    }
    return cases;
}

std::string bash_script(const CLI::App& app) {
    std::string cases;
    std::string paths;
    for (const Command& command : commands_of(app)) {
        const std::string values = bash_values(command);
        cases += fmt::format("        {})\n", in_quotes(command.path));
        if (!values.empty()) {
            cases += fmt::format("            case \"$prev\" in\n{}            esac\n", values);
        }
        cases += fmt::format(
            "            words={}\n            options={}\n            ;;\n",
            in_quotes(fmt::format("{}", fmt::join(command.words, " "))),
            in_quotes(joined_names(command))
        );
        paths += fmt::format(" {}", in_quotes(command.path));
    }
    return fmt::format(
        "# bash completion for telex; made by `telex completion bash`.\n"
        "_telex() {{\n"
        "    local cur=\"${{COMP_WORDS[COMP_CWORD]}}\" prev=\"${{COMP_WORDS[COMP_CWORD-1]}}\"\n"
        "    local path='' word known words='' options=''\n"
        "    local -a paths=({} )\n"
        "    for word in \"${{COMP_WORDS[@]:1:COMP_CWORD-1}}\"; do\n"
        "        for known in \"${{paths[@]}}\"; do\n"
        "            if [[ $known == \"${{path:+$path }}$word\" ]]; then\n"
        "                path=$known\n"
        "                break\n"
        "            fi\n"
        "        done\n"
        "    done\n"
        "    case \"$path\" in\n"
        "{}"
        "    esac\n"
        "    if [[ $cur == -* ]]; then\n"
        "        COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
        "    else\n"
        "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
        "    fi\n"
        "}}\n"
        "complete -F _telex telex\n",
        paths,
        cases
    );
}

// --- zsh -------------------------------------------------------------------------------------

// A description within [..] of _arguments.
std::string zsh_text(const std::string& text) {
    std::string result;
    for (const char letter : text) {
        if (letter == '[' || letter == ']' || letter == ':' || letter == '\\') {
            result += '\\';
        }
        result += letter;
    }
    return result;
}

std::string zsh_option(const Choice& option, const std::string& name) {
    std::string entry = fmt::format("*{}[{}]", name, zsh_text(option.help));
    if (option.takes_value) {
        entry += option.takes_file ? std::string(":file:_files")
                 : option.values.empty()
                     ? std::string(":value: ")
                     : fmt::format(":value:({})", fmt::join(option.values, " "));
    }
    return in_quotes(entry);
}

std::string zsh_script(const CLI::App& app) {
    const std::vector<Command> commands = commands_of(app);
    std::string cases;
    for (const Command& command : commands) {
        cases += fmt::format(
            "        {})\n            _arguments -A '-*' \\\n", in_quotes(command.path)
        );
        for (const Choice& option : command.options) {
            for (const std::string& name : option.names) {
                cases += fmt::format("                {} \\\n", zsh_option(option, name));
            }
        }
        cases += fmt::format(
            "                {}\n            ;;\n",
            command.words.empty()
                ? std::string("'*:argument: '")
                : in_quotes(fmt::format("*:command:({})", fmt::join(command.words, " ")))
        );
    }
    std::string paths;
    for (const Command& command : commands) {
        paths += " " + in_quotes(command.path);
    }
    return fmt::format(
        "#compdef telex\n"
        "# zsh completion for telex; made by `telex completion zsh`.\n"
        "_telex() {{\n"
        "    local path_of='' word known\n"
        "    local -a paths=({} )\n"
        "    integer at=1 end=$((CURRENT - 1))\n"
        "    for word in \"${{(@)words[2,$end]}}\"; do\n"
        "        at+=1\n"
        "        for known in \"${{paths[@]}}\"; do\n"
        "            if [[ $known == \"${{path_of:+$path_of }}$word\" ]]; then\n"
        "                path_of=$known\n"
        "                break\n"
        "            fi\n"
        "        done\n"
        "    done\n"
        "    case \"$path_of\" in\n"
        "{}"
        "    esac\n"
        "}}\n"
        "_telex \"$@\"\n",
        paths,
        cases
    );
}

// --- fish ------------------------------------------------------------------------------------

std::string fish_condition(const std::string& path) {
    if (path.empty()) {
        return "__fish_use_subcommand";
    }
    std::string condition;
    for (std::size_t begin = 0; begin < path.size();) {
        const std::size_t end = std::min(path.find(' ', begin), path.size());
        condition += fmt::format(
            "{}__fish_seen_subcommand_from {}",
            condition.empty() ? "" : "; and ",
            path.substr(begin, end - begin)
        );
        begin = end + 1;
    }
    return condition;
}

std::string fish_option(const Choice& option, const std::string& condition) {
    std::string line = fmt::format("complete -c telex -n {}", in_quotes(condition));
    for (const std::string& name : option.names) {
        line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    if (option.takes_value) {
        line += option.takes_file ? " -r -F" : " -x";
    }
    if (!option.values.empty()) {
        line += " -a " + in_quotes(fmt::format("{}", fmt::join(option.values, " ")));
    }
    return line + fmt::format(" -d {}\n", in_quotes(option.help));
}

std::string fish_script(const CLI::App& app) {
    const std::vector<Command> commands = commands_of(app);
    std::string script =
        "# fish completion for telex; made by `telex completion fish`.\ncomplete -c telex -f\n";
    for (const Command& command : commands) {
        const std::string condition = fish_condition(command.path);
        for (const Choice& option : command.options) {
            script += fish_option(option, condition);
        }
        for (const std::string& word : command.words) {
            const std::string path = command.path + (command.path.empty() ? "" : " ") + word;
            const auto below =
                std::find_if(commands.begin(), commands.end(), [&](const Command& row) {
                    return row.path == path;
                });
            script += fmt::format(
                "complete -c telex -n {} -a {} -d {}\n",
                in_quotes(condition),
                word,
                in_quotes(below == commands.end() ? std::string() : below->help)
            );
        }
    }
    return script;
}

}  // namespace

Action add_completion(CLI::App& app) {
    auto shell = std::make_shared<std::string>();
    app.add_option("SHELL", *shell, "Whose completion")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}))
        ->type_name("bash|zsh|fish");
    app.footer("For one session of bash: source <(telex completion bash)");
    return [shell, &app] {
        const CLI::App& tool = *app.get_parent();
        return print(
            "completion",
            *shell == "bash"  ? bash_script(tool)
            : *shell == "zsh" ? zsh_script(tool)
                              : fish_script(tool)
        );
    };
}

}  // namespace telex::cli
