#pragma once
// The listener key `publish`, which several protocols have: a subject template for each frame.
#include "session/protocol_options.hpp"

#include <utility>

namespace telex::session {

inline std::optional<std::string> check_not_empty_template(std::string_view text) {
    return text.empty() ? std::optional<std::string>("is empty; set a subject or remove the key")
                        : std::nullopt;
}

inline TextOption template_option(OptionAccess<std::string> access, std::string_view type) {
    return {std::move(access), type, "", check_not_empty_template};
}

inline OptionRow publish_row(OptionAccess<std::string> access) {
    return {
        "publish",
        "Subject on which each frame is published.",
        template_option(std::move(access), "subject template")
    };
}

}  // namespace telex::session
