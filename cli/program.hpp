#pragma once

// The tool as a whole: command line in, exit code out.

namespace telex::cli {

int run(int argc, const char* const* argv);

}  // namespace telex::cli
