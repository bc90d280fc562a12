#pragma once
// The files of daemon/admin/dashboard, as the build put them into the program.
#include <string_view>

namespace telex::admin {

extern const std::string_view kDashboardHtml;
extern const std::string_view kDashboardCss;
extern const std::string_view kDashboardJs;

}  // namespace telex::admin
