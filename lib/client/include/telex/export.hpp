#pragma once
// Marks what libtelex offers: the shared library is built with hidden visibility, and nothing but
// the declarations that carry this macro leaves it.
#if defined(__GNUC__)
#define TELEX_EXPORT __attribute__((visibility("default")))
#else
#define TELEX_EXPORT
#endif
