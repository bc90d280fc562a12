// Any text as a configuration file of nats-server: the reader neither crashes nor hangs, and each
// rejected text has an error with a position in the text.
#include "compat/conf_keys.hpp"
#include "compat/conf_reader.hpp"
#include "compat/config_tree.hpp"
#include "config/load.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace telex::compat;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

const ConfSource& source() {
    static const ConfSource instance{
        .file = [](const std::string& path) -> telex::Result<std::string, std::string> {
            return path.ends_with('x') ? telex::Result<std::string, std::string>("y: [1]\n")
                                       : telex::unexpected(std::string("No such file"));
        },
        .variable = [](std::string_view name) -> std::optional<std::string> {
            return name == "V" ? std::optional<std::string>("4222") : std::nullopt;
        },
    };
    return instance;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto file = read_conf("fuzz", text, source());
    if (!file) {
        require(!file.error().message.empty());
        require(file.error().at.line >= 1 && file.error().at.column >= 1);
        return 0;
    }
    Draft draft;
    for (const auto& error : read_keys(*file, "/", draft)) {
        require(!error.message.empty());
    }
    telex::config::Environment environment;
    environment.is_compatible = true;
    environment.may_read_files = false;
    std::erase_if(draft.keys, [](const auto& entry) {
        return entry.first.starts_with("listener.tls");
    });
    const auto loaded = telex::config::load_tree("fuzz", config_tree(draft), environment);
    require(loaded.config.has_value() == (loaded.status == telex::config::LoadStatus::loaded));
    return 0;
}
