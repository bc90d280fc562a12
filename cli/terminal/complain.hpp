#pragma once
// Messages to the person at the terminal: standard error, one write per message.
#include <string_view>

namespace telex::cli {

// "telex: pub: text". Bytes that a terminal would obey are escaped.
void complain(std::string_view verb, std::string_view text);
// The same with text that a server wrote. Line feeds are escaped too, so that it cannot pass for a
// message of the tool.
void complain_quoting(std::string_view verb, std::string_view text);
// The same for what is not an error.
void tell(std::string_view text);

}  // namespace telex::cli
