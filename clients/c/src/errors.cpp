#include "errors.hpp"

#include <string>

namespace telex::c {
namespace {

thread_local std::string last_text;

}  // namespace

int code_of(Errc code) {
    return code == Errc::unspecified ? int{TELEX_UNSPECIFIED} : static_cast<int>(code);
}

int fail(int code, std::string_view text) noexcept {
    try {
        last_text = text;
    } catch (const std::bad_alloc&) {
        last_text.clear();
    }
    return code;
}

int fail(const Error& error) noexcept {
    return fail(code_of(error.code), error.text);
}

int fail_null(std::string_view argument) noexcept {
    return guarded([argument] {
        return fail(TELEX_INVALID_ARGUMENT, std::string(argument) + " is NULL");
    });
}

}  // namespace telex::c

const char* telex_code_name(int code) {
    switch (code) {
        case TELEX_OK:
            return "ok";
        case TELEX_NO_MEMORY:
            return "no_memory";
        case TELEX_UNSPECIFIED:
            return "unspecified";
        default:
            // The names are literals, which end with NUL.
            return telex::name_of(static_cast<telex::Errc>(code)).data();
    }
}

const char* telex_error_text(void) {
    return telex::c::last_text.c_str();
}

const char* telex_version(void) {
    return TELEX_VERSION;
}
