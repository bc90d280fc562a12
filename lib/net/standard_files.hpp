#pragma once

// A program that was started without standard input, output or error would get the number of the
// missing one for its first socket, and then print into it.

namespace telex::net {

// Opens /dev/null in the place of each standard file that is closed. Reading standard input or
// writing standard output still fails then: input that is missing is not empty input, and output
// that nobody gets is not written. First thing in main().
void open_standard_files();

}  // namespace telex::net
