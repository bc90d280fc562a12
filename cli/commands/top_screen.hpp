#pragma once
// The screen of `telex top`: rates between two snapshots of an exchange.
#include "base/time.hpp"
#include "telex/v1/admin.pb.h"
#include "telex/v1/sys.pb.h"

#include <cstddef>
#include <string>

namespace telex::cli {

struct Snapshot {
    TimePoint at;
    v1::ServerInfo info;
    v1::ServerStats stats;
    v1::ConnectionList connections;
    v1::SubjectList subjects;
};

// `order`: of the connections, for the title. Every line ends with a line feed.
std::string top_screen(const Snapshot& before, const Snapshot& now, std::string_view order);

// Returns the part of `text` that fits into `lines` of `columns` characters.
std::string fitted(std::string_view text, std::size_t lines, std::size_t columns);

}  // namespace telex::cli
