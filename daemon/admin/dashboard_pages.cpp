#include "admin/dashboard.hpp"

#include <algorithm>
#include <string>

namespace telex::admin {

namespace {

constexpr std::string_view kIndex = "index.html";
constexpr std::string_view kFolder = "/dashboard/";

std::string_view name_at(std::string_view path) {
    if (path == "/") {
        return kIndex;
    }
    const bool is_file = path.starts_with(kFolder) && path.substr(kFolder.size()) != kIndex;
    return is_file ? path.substr(kFolder.size()) : std::string_view();
}

std::string_view type_of(std::string_view name) {
    if (name.ends_with(".js")) {
        return "text/javascript";
    }
    return name.ends_with(".css") ? "text/css" : "text/html; charset=utf-8";
}

}  // namespace

std::optional<http::Response> dashboard_page(std::string_view path) {
    const auto files = dashboard_files();
    const auto found = std::find_if(files.begin(), files.end(), [&](const DashboardFile& file) {
        return file.name == name_at(path);
    });
    if (found == files.end()) {
        return std::nullopt;
    }
    return http::Response{
        .content_type = std::string(type_of(found->name)),
        .body = std::string(found->text),
        .fields = {},
    };
}

}  // namespace telex::admin
