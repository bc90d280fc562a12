#include "app/options.hpp"
#include "app/run.hpp"
#include "net/standard_files.hpp"

#include <variant>

int main(int argc, char** argv) {
    telex::net::open_standard_files();
    const auto options = telex::app::parse_options(argc, argv);
    if (const int* exit_code = std::get_if<int>(&options)) {
        return *exit_code;
    }
    return telex::app::run(std::get<telex::app::Options>(options));
}
