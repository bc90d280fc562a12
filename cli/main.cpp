#include "cli/program.hpp"

int main(int argc, char** argv) {
    return telex::cli::run(argc, argv);
}
