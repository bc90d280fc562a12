#pragma once
// Completion scripts for shells, made from the table of commands.
#include "cli/options/command.hpp"

#include <string>
#include <vector>

namespace telex::cli {

// The words that complete a command line at one command.
struct CompletionEntry {
    std::string path;                // "frame decode"; empty for the tool itself
    std::string summary;             // of the command
    std::vector<Option> options;     // without arguments; with --help
    std::vector<std::string> words;  // names of commands, or choices of an argument
    std::string listed_by{};         // of an argument: see Value::listed_by
};

// The tool itself first; each command before its own commands.
std::vector<CompletionEntry> completion_entries(const Command& tool);

bool takes_value(const Option& option);
bool takes_file(const Option& option);
// The shell's expression for what a command of the tool prints, in bash, zsh and other shells.
std::string output_of(const std::string& listed_by);
// Returns `text` in single quotes.
std::string shell_quoted(const std::string& text);

std::string bash_completion(const Command& tool);
std::string zsh_completion(const Command& tool);
std::string fish_completion(const Command& tool);

}  // namespace telex::cli
