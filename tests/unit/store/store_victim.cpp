// Commits until it is killed: store_victim FOLDER. First checks that the store has the state after
// its last commit, and prints its number. Prints the number of each commit when it is acknowledged;
// all numbers have eight bytes in the machine's order.
#include "unit/store/opened_store.hpp"
#include "unit/store/store_script.hpp"

#include <unistd.h>

#include <cstdint>
#include <cstdio>

namespace {

using namespace telex::store;

bool print(std::uint64_t number) {
    return ::write(STDOUT_FILENO, &number, sizeof number) == sizeof number;
}

int run(const char* folder) {
    RocksSettings settings = telex::store::test::small_settings(folder);
    settings.file_system = nullptr;
    const auto store = open_rocks_store(settings);
    if (!store) {
        std::fprintf(stderr, "%s\n", store.error().text.c_str());
        return 1;
    }
    const telex::store::test::StoreScript script(60);
    std::uint64_t number = telex::store::test::StoreScript::last_commit(**store).value_or(0);
    if (const std::string difference = script.difference(**store, number); !difference.empty()) {
        std::fprintf(stderr, "commit %lu: %s\n", number, difference.c_str());
        return 2;
    }
    while (print(number)) {
        ++number;
        const auto durability = number % 3 == 0 ? Durability::buffered : Durability::synced;
        if (const auto done = (*store)->commit(script.commit(number), durability); !done) {
            std::fprintf(stderr, "commit %lu: %s\n", number, done.error().text.c_str());
            return 3;
        }
    }
    return 4;
}

}  // namespace

int main(int argc, char** argv) {
    return argc == 2 ? run(argv[1]) : 5;
}
