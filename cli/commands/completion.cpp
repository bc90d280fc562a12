// `telex completion`: prints the script that completes this tool's command line in a shell.
#include "cli/options/completion.hpp"

#include "cli/commands/commands.hpp"
#include "cli/options/values.hpp"
#include "cli/program.hpp"
#include "cli/terminal/output.hpp"

#include <memory>

namespace telex::cli {

Command completion_command() {
    auto shell = std::make_shared<std::string>();
    Command command{.name = "completion", .summary = "Print a completion script for a shell"};
    command.options
        .add(
            {"SHELL",
             "",
             "bash, zsh or fish",
             value::choice(
                 {"bash", "zsh", "fish"}, [shell](const std::string& name) { *shell = name; }
             )}
        )
        .required = true;
    command.footer = "For the current session of bash: source <(telex completion bash)";
    command.run = [shell] {
        const Command tool = tool_command();
        return print(
            "completion",
            *shell == "bash"  ? bash_completion(tool)
            : *shell == "zsh" ? zsh_completion(tool)
                              : fish_completion(tool)
        );
    };
    return command;
}

}  // namespace telex::cli
