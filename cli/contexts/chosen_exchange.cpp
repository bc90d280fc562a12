#include "cli/contexts/chosen_exchange.hpp"

#include "base/suggest.hpp"
#include "cli/contexts/contexts_file.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::cli {
namespace {

std::string no_context(const Contexts& contexts, const std::string& name) {
    std::vector<std::string_view> names;
    names.reserve(contexts.by_name.size());
    for (const auto& [known, options] : contexts.by_name) {
        names.emplace_back(known);
    }
    const auto meant = closest(name, names);
    return fmt::format("there is no context '{}'", name) +
           (meant ? fmt::format("; did you mean '{}'?", *meant)
                  : std::string("; `telex context list` lists them"));
}

}  // namespace

std::string environment_url() {
    const char* const url = ::secure_getenv("TELEX_URL");
    return url == nullptr ? std::string() : url;
}

Result<ConnectionOptions, std::string> chosen_exchange(const ConnectionOptions& given) {
    const bool is_named = !given.servers.empty() || !environment_url().empty();
    if (given.context.empty() && is_named) {
        return given;
    }
    const std::string path = contexts_path();
    auto contexts = path.empty() ? Result<Contexts, std::string>(Contexts()) : read_contexts(path);
    if (!contexts) {
        return unexpected(std::move(contexts.error()));
    }
    const std::string& name = given.context.empty() ? contexts->selected : given.context;
    if (name.empty()) {
        return given;
    }
    const auto found = contexts->by_name.find(name);
    return found == contexts->by_name.end()
               ? Result<ConnectionOptions, std::string>(unexpected(no_context(*contexts, name)))
               : completed(given, found->second);
}

}  // namespace telex::cli
