#pragma once
// The files of daemon/admin/dashboard, as the build put them into the program.
#include <string_view>

namespace telex::admin {

std::string_view dashboard_html();
std::string_view dashboard_css();
std::string_view dashboard_js();

}  // namespace telex::admin
