#pragma once
// Errors of the C functions: a code as the result, and a text for the calling thread. No exception
// leaves a function of telex.h.
#include <telex/error.hpp>

#include <telex.h>

#include <exception>
#include <new>
#include <string_view>

namespace telex::c {

int code_of(Errc code);

// Remembers the text for this thread. Returns `code`.
int fail(int code, std::string_view text) noexcept;
int fail(const Error& error) noexcept;
// "client is NULL"
int fail_null(std::string_view argument) noexcept;

// Returns the result of `call`, or the error of the exception that it throws.
template <class Call>
int guarded(Call&& call) noexcept {
    try {
        return call();
    } catch (const std::bad_alloc&) {
        return fail(TELEX_NO_MEMORY, "no memory");
    } catch (const std::exception& exception) {
        return fail(TELEX_INTERNAL, exception.what());
    }
}

// Returns TELEX_OK or the error of a call of libtelex without a value.
inline int result_of(const Expected<void>& result) {
    return result ? TELEX_OK : fail(result.error());
}

}  // namespace telex::c
