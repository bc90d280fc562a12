#pragma once
// The files of daemon/admin/dashboard, as the build put them into the program, and as pages.
#include "http/message.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace telex::admin {

struct DashboardFile {
    std::string_view name;
    std::string_view text;
};

std::span<const DashboardFile> dashboard_files();

// "/" is index.html, and "/dashboard/NAME" each other file. Returns nothing for other paths.
std::optional<http::Response> dashboard_page(std::string_view path);

}  // namespace telex::admin
