#pragma once

// CLI11's types by name only: its header is large, and few files need more.

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own spelling
class App;
class Option;
}  // namespace CLI
