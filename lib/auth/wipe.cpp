#include "auth/wipe.hpp"

#include <openssl/crypto.h>

namespace telex::auth {

void wipe(std::string& secret) {
    secret.resize(secret.capacity());  // a move may have left bytes in the spare capacity
    ::OPENSSL_cleanse(secret.data(), secret.size());
    secret.clear();
}

}  // namespace telex::auth
