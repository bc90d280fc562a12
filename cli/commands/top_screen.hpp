#pragma once
// What `telex top` shows: one look at an exchange beside the one before. Pure.
#include "telex/v1/admin.pb.h"
#include "telex/v1/sys.pb.h"

#include <chrono>
#include <cstddef>
#include <string>

namespace telex::cli {

struct Look {
    std::chrono::steady_clock::time_point at;
    v1::ServerInfo info;
    v1::ServerStats stats;
    v1::ConnectionList connections;
    v1::SubjectList subjects;
};

// `order`: what the connections are sorted by, for their title. With a line feed after each line.
std::string top_screen(const Look& before, const Look& now, std::string_view order);

// As much of a text as a terminal shows: so many lines of so many characters.
std::string fitted(std::string_view text, std::size_t lines, std::size_t columns);

}  // namespace telex::cli
