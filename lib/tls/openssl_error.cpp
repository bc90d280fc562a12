#include "tls/openssl_error.hpp"

#include <openssl/err.h>

namespace telex::tls {

std::string take_error(const char* otherwise) {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (code == 0) {
        return otherwise;
    }
    const char* reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : otherwise;
}

}  // namespace telex::tls
