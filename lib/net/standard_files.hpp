#pragma once

// In a program started without standard input, output or error, the first socket would get the
// missing number, and the program would then print into it.

namespace telex::net {

// Opens /dev/null in place of each closed standard file. Reading standard input or writing standard
// output still fails: missing input is not empty input, and lost output is not written output. Call
// it first in main().
void open_standard_files();

}  // namespace telex::net
