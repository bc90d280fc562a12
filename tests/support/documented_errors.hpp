#pragma once
// The table of error codes in docs/operations.md: "| `NOT_FOUND` | 404 | 1 | ...".
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

namespace telex::documents {

struct DocumentedError {
    unsigned http_status = 0;
    int exit_code = 0;
};

inline std::map<std::string, DocumentedError> documented_errors(const std::string& page) {
    std::ifstream file(page);
    std::map<std::string, DocumentedError> rows;
    bool in_table = false;
    for (std::string line; std::getline(file, line);) {
        in_table = line == "| code | HTTP | exit | when |" || (in_table && line.starts_with('|'));
        if (!in_table || !line.starts_with("| `")) {
            continue;
        }
        const std::size_t end = line.find('`', 3);
        const std::string name = line.substr(3, end - 3);
        std::istringstream cells(line.substr(end + 1));
        DocumentedError row;
        char bar = 0;
        cells >> bar >> row.http_status >> bar >> row.exit_code;
        EXPECT_TRUE(cells) << line;
        EXPECT_TRUE(rows.emplace(name, row).second) << "twice: " << name;
    }
    EXPECT_FALSE(rows.empty()) << page;
    return rows;
}

}  // namespace telex::documents
